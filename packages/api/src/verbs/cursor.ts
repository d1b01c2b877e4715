import { HttpProblem } from '../http/problem.ts';

/** Where a list goes on: opaque to the client, so that it may change. */
export function encodeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws HttpProblem 400 when the text is no cursor of ours with as many parts. */
export function decodeCursor(cursor: string, parts: number): (string | number | null)[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(position) && position.length === parts && position.every(isPart)) return position;
  } catch {
    // Falls through to the same answer as a cursor of the wrong form.
  }
  throw new HttpProblem(400, 'cursor is not one that this list gave out: leave it away to begin anew', {
    field: 'cursor',
  });
}

function isPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
}
