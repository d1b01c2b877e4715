import { describe, expect, it } from 'vitest';
import {
  closed,
  deployEvent,
  diskAlert,
  harmfulAlert,
  offlineAlert,
  offlineAlerts,
  openedAt,
} from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { describeMattermost } from './describe.ts';
import { plain } from './markdown.ts';

const minute = 60_000;
const receipt = 'post1post1post1post1post1p';

const cases = {
  created: factsOf(offlineAlert, 'created'),
  'created disk-full': factsOf(diskAlert, 'created'),
  ongoing: factsOf(offlineAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute, receipt }),
  closed: factsOf(closed(offlineAlert, 'recovered', 25 * minute), 'closed', { receipt }),
  grouped: groupFactsOf(offlineAlerts(30), 'created'),
  'closed one of a group': groupFactsOf([closed(offlineAlerts(3)[0], 'recovered', minute)], 'closed', {
    root: 'group-1',
    rootSize: 3,
    receipt,
  }),
  'a deploy': factsOf(deployEvent, 'happened'),
  test: factsOf(offlineAlert, 'test'),
};

describe('a message in Mattermost', () => {
  it.each(Object.entries(cases))('%s', (_name, facts) => {
    expect(describeMattermost(facts, null)).toMatchSnapshot();
  });

  it.each([
    ['3,000 servers', groupFactsOf(offlineAlerts(3000), 'created')],
    ['what an attacker named', factsOf(harmfulAlert, 'created')],
  ])('is no longer than a post may be: %s', (_name, facts) => {
    expect(describeMattermost(facts, null).message.length).toBeLessThanOrEqual(16_000);
  });

  it.each([
    ['@all **x** [a](b) #y ~c~ |', '@\u200ball \\*\\*x\\*\\* \\[a\\](b) \\#y \\~c\\~ \\|'],
    ['db-1.example.com at 03:12:07 (2 min ago)', 'db-1.example.com at 03:12:07 (2 min ago)'],
    ['- x', '\\- x'],
    ['12. x', '12\\. x'],
    ['see https://evil.example :smile:', 'see https\\://evil.example \\:smile:'],
  ])('formats nothing and mentions nobody that a server wrote: %s', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});
