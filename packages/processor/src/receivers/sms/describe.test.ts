import { describe, expect, it } from 'vitest';
import { closed, deployEvent, diskAlert, harmfulAlert, offlineAlert, offlineAlerts } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { describeSms } from './describe.ts';

describe('an SMS', () => {
  it.each(
    Object.entries({
      created: factsOf(offlineAlert, 'created'),
      'created disk-full': factsOf(diskAlert, 'created'),
      ongoing: factsOf(offlineAlert, 'ongoing', { number: 1, now: offlineAlert.createdAt + 300_000 }),
      closed: factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed'),
      grouped: groupFactsOf(offlineAlerts(30), 'created'),
      'a deploy': factsOf(deployEvent, 'happened'),
      test: factsOf(offlineAlert, 'test'),
    }),
  )('%s', (_name, facts) => {
    expect(describeSms(facts, null).text).toMatchSnapshot();
  });

  it.each([
    ['of what an attacker named', factsOf(harmfulAlert, 'created')],
    ['of 3,000 servers', groupFactsOf(offlineAlerts(3000), 'created')],
  ])('%s costs no more than two or three, and keeps its link whole', (_name, facts) => {
    const { text } = describeSms(facts, null);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toMatch(/\nhttps:\/\/health\.example\.com\/alerts?(\/\w+)?$/);
  });
});
