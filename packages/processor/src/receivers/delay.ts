/** What a message says of its own delay, when it has one. */
import { formatDuration } from '@healthapp/shared/domain/duration';

/** A message this much older than its news says so, ms: below it are ordinary retries. */
const lateAfterMs = 120_000;

/** @param happenedAt of the news, ms since 1970; for several, the latest. */
export function delayRemark(happenedAt: number, now: number): string[] {
  const late = now - happenedAt;
  if (late < lateAfterMs) return [];
  return [`This message comes ${formatDuration(late)} late: it was held back, or could not be delivered before.`];
}
