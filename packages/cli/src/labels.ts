import { CommandLineError } from './command.ts';

/** `env=prod, role=db`; empty without any. */
export function labelsShown(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** @param given each `key=value`, as flags have it. @throws CommandLineError */
export function labelsIn(given: readonly string[]): Record<string, string> {
  const labels = new Map<string, string>();
  for (const text of given) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CommandLineError(`--label must be KEY=VALUE, not '${text}'`);
    const key = text.slice(0, equals);
    if (labels.has(key)) {
      throw new CommandLineError(`--label ${key} is given twice; no server has two values of one label`);
    }
    labels.set(key, text.slice(equals + 1));
  }
  return Object.fromEntries(labels);
}
