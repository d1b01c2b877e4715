import { errorText } from '@healthapp/shared/runtime/errors';
import { Refusal } from './api-client.ts';
import type { Io } from './command.ts';

/**
 * Does the same to each thing that was named. What there is not is told, and the others have their turn.
 * @returns the exit status: 1 when there was not everything.
 * @throws UsageError for any other fault, which the rest would only meet again.
 */
export async function forEachNamed(
  names: readonly string[],
  io: Io,
  act: (name: string) => Promise<void>,
): Promise<number> {
  let status = 0;
  for (const name of new Set(names)) {
    try {
      await act(name);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      io.stderr.write(`healthapp: ${errorText(error)}\n`);
      status = 1;
    }
  }
  return status;
}
