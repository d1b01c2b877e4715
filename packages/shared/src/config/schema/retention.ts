import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { duration } from './value.ts';

const dayMs = 86_400_000;
/** What the API shows: a longer past would only take memory. */
const longestHistoryMs = 30 * dayMs;

/** A closed alert's last message may be on its way for a day. */
const shortestAlertsMs = dayMs;

export const retentionKeys = {
  alerts: duration().refine(
    (ms) => ms >= shortestAlertsMs,
    'must be at least 1d: a message about it may wait for as long',
  ),
  history: duration(longestHistoryMs),
  audit: duration(),
};

export function readRetention(reading: Reading): Config['retention'] {
  const section = openSection(reading, ['retention'], retentionKeys);
  return {
    alertsMs: section.value('alerts') ?? 90 * dayMs,
    historyMs: section.value('history') ?? longestHistoryMs,
    auditMs: section.value('audit') ?? 365 * dayMs,
  };
}
