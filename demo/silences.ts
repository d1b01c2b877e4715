/** Makes the silences of a demonstration over HTTP, as an operator does: none holds anything back while one watches. */
import type { NewSilence } from '@healthapp/shared/wire/api';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** @param begins when the demonstration begins, ms since 1970. */
export async function makeSilences(apiUrl: string, begins: number, signal: AbortSignal): Promise<void> {
  // Each Sunday from 3:00 UTC on; the last one began at most a week ago.
  const sunday = Date.UTC(1970, 0, 4, 3);
  const lastSunday = sunday + Math.floor((begins - sunday) / (7 * dayMs)) * 7 * dayMs;
  const tomorrow = Math.ceil(begins / dayMs) * dayMs + 22 * hourMs;
  const silences: NewSilence[] = [
    {
      match: { server: null, label: { env: 'staging' }, kind: 'offline' },
      startsAt: lastSunday + 7 * dayMs,
      endsAt: lastSunday + 7 * dayMs + 2 * hourMs,
      recurring: { rrule: 'FREQ=WEEKLY;BYDAY=SU', timezone: 'UTC' },
      reason: 'staging is rebuilt',
    },
    {
      match: { server: 'db-*', label: null, kind: null },
      startsAt: tomorrow,
      endsAt: tomorrow + hourMs,
      reason: 'a new switch in rack 3',
    },
  ];
  for (const silence of silences) {
    const response = await fetch(`${apiUrl}/api/v1/silences`, {
      method: 'POST',
      body: JSON.stringify(silence),
      headers: { 'content-type': 'application/json' },
      signal,
    });
    if (!response.ok) throw new Error(`a silence was not taken: ${response.status} ${await response.text()}`);
  }
}
