import { createInterface } from 'node:readline';
import { CommandLineError, type Io } from './command.ts';

/**
 * Asks for a yes before something that cannot be undone.
 * @param question ends in a question mark.
 * @throws CommandLineError where there is no terminal to ask at.
 */
export async function isConfirmed(question: string, io: Io): Promise<boolean> {
  if (io.stdin.isTTY !== true) {
    throw new CommandLineError('--yes is missing: this cannot be undone, and there is no terminal to ask at');
  }
  // To standard error: standard output is for what a command answers.
  io.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: io.stdin, terminal: false });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  } finally {
    lines.close();
  }
  io.stderr.write('\n');
  return false;
}
