/** Sends heartbeats over HTTP, each signed with its server's own key, as an agent does. */
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';

export interface Sending {
  readonly apiUrl: string;
  readonly apiKey: string;
}

const requestTimeoutMs = 10_000;

/** @throws Error with the API's words when it is not taken. */
export async function sendHeartbeat(
  { apiUrl, apiKey }: Sending,
  server: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/heartbeats/${server}`;
  const text = JSON.stringify(body);
  const signed = signRequest(
    { method: 'POST', path, body: Buffer.from(text) },
    deriveServerKey(apiKey, server, 0),
    keyIdOf(server, null, 0),
    Math.floor(Date.now() / 1000),
  );
  const response = await fetch(apiUrl + path, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...signed },
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
  });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`${server}: ${response.status} ${answer}`);
}
