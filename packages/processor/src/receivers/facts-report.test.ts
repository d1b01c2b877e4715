import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { describe, expect, it } from 'vitest';
import { closed, offlineAlert, offlineAlerts } from './example-alerts.ts';
import { factsOf, groupFactsOf } from './example-facts.ts';
import { reportOf } from './facts-report.ts';

const footerOf = (facts: NotificationFacts) => reportOf(facts, null).footer.join('\n');

/** As when no route matches the first `count` of them. */
function unrouted(facts: NotificationFacts, count: number): NotificationFacts {
  if (facts.event === 'test') return facts;
  const [first, ...others] = facts.alerts;
  const rest = others.map((told, index) => (index + 1 < count ? { ...told, unrouted: true } : told));
  return { ...facts, alerts: [{ ...first, unrouted: true }, ...rest] };
}

describe('a message about what no route matches', () => {
  it('says so when it opens, and not of what a route matches', () => {
    const facts = factsOf(offlineAlert, 'created');
    const sentence = 'No route in the configuration matches this alert, so you are told.';
    expect(footerOf(unrouted(facts, 1))).toContain(sentence);
    expect(footerOf(facts)).not.toContain('No route');
    const over = factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed');
    expect(footerOf(unrouted(over, 1))).not.toContain('No route');
  });

  it('says of how many of a group', () => {
    const facts = groupFactsOf(offlineAlerts(3), 'created');
    expect(footerOf(unrouted(facts, 2))).toContain('matches 2 of these alerts, so you are told.');
  });
});
