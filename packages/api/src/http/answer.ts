import type { ServerResponse } from 'node:http';

/** An answer that is known as a whole before any of it is sent, whichever way that is. */
export interface Answer {
  readonly status: number;
  /** Without its length; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const jsonHeaders = { 'content-type': 'application/json' };

export function jsonAnswer(status: number, content: unknown): Answer {
  return { status, headers: jsonHeaders, text: JSON.stringify(content) };
}

/** For the framework. */
export function responseOf({ status, headers, text }: Answer): Response {
  return new Response(text, { status, headers });
}

/** Past the framework. */
export function send({ status, headers, text }: Answer, outgoing: ServerResponse): void {
  // A list, since an object with one more field for each answer is a new shape to V8 for each.
  const fields = ['content-length', String(Buffer.byteLength(text))];
  for (const [name, value] of Object.entries(headers)) fields.push(name, value);
  outgoing.writeHead(status, fields);
  outgoing.end(text);
}
