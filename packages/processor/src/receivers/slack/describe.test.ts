import type { KnownBlock } from '@slack/types';
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
import { describeSlack, type SlackMessage } from './describe.ts';

const minute = 60_000;
const receipt = '{"channel":"C0123456789","ts":"1795168800.000100"}';
const recovered = closed(offlineAlert, 'recovered', 25 * minute);

const cases = {
  created: factsOf(offlineAlert, 'created'),
  'created disk-full': factsOf(diskAlert, 'created'),
  ongoing: factsOf(offlineAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute, receipt }),
  closed: factsOf(recovered, 'closed', { receipt }),
  'closed without its first message': factsOf(recovered, 'closed'),
  grouped: groupFactsOf(offlineAlerts(30), 'created'),
  'closed one of a group': groupFactsOf([closed(offlineAlerts(3)[0], 'recovered', minute)], 'closed', {
    root: 'group-1',
    rootSize: 3,
    receipt,
  }),
  'a deploy': factsOf(deployEvent, 'happened'),
  test: factsOf(offlineAlert, 'test'),
};

describe('a message in Slack', () => {
  it.each(Object.entries(cases))('%s', (_name, facts) => {
    expect(describeSlack(facts, null)).toMatchSnapshot();
  });
});

function messagesOf(facts: Parameters<typeof describeSlack>[0]): SlackMessage[] {
  const payload = describeSlack(facts, null);
  return payload.kind === 'begin' || payload.renewed === null ? [payload.message] : [payload.message, payload.renewed];
}

describe('what Slack takes', () => {
  const long = 'ß'.repeat(5000);
  const longAlert = { ...diskAlert, server: long, subject: `/${long}`, summary: `/${long} is full` };
  const many = Array.from({ length: 60 }, (_none, index) => ({
    ...harmfulAlert,
    id: `h${index}`,
    server: `${'<&>'.repeat(80)}${index}`,
    kind: `kind-${index}`,
  }));
  const [first = longAlert, ...others] = many;

  it.each([
    ...Object.entries(cases),
    ['long names', factsOf(longAlert, 'created')] as const,
    ['what an attacker named', factsOf(harmfulAlert, 'created')] as const,
    ['3,000 servers', groupFactsOf(offlineAlerts(3000), 'created')] as const,
    ['60 kinds', groupFactsOf([first, ...others], 'created')] as const,
  ])('%s', (_name, facts) => {
    for (const { text, blocks } of messagesOf(facts)) {
      // Checked by the compiler against Slack's own types.
      const known: readonly KnownBlock[] = blocks;
      expect(known.length).toBeGreaterThan(0);
      expect(known.length).toBeLessThanOrEqual(50);
      expect(text.length).toBeLessThanOrEqual(3000);
      for (const block of blocks) {
        if (block.type === 'context') {
          expect(block.elements.length).toBeLessThanOrEqual(10);
          for (const element of block.elements) expect(element.text.length).toBeGreaterThan(0);
          continue;
        }
        if ('fields' in block) {
          expect(block.fields.length).toBeLessThanOrEqual(10);
          for (const field of block.fields) expect(field.text.length).toBeLessThanOrEqual(2000);
          for (const field of block.fields) expect(field.text.length).toBeGreaterThan(0);
          continue;
        }
        expect(block.text.text.length).toBeGreaterThan(0);
        expect(block.text.text.length).toBeLessThanOrEqual(3000);
      }
    }
  });

  it('never holds a mention or a link that a server wrote', () => {
    const alert = { ...diskAlert, summary: '<!channel> <https://evil.example|click> *bold* _it_ `code`' };
    const shown = JSON.stringify(messagesOf(factsOf(alert, 'created')));
    expect(shown).not.toContain('<!');
    expect(shown).not.toContain('<https://evil');
    expect(shown).toContain('&lt;!channel&gt;');
    expect(shown).not.toContain('*bold*');
  });
});
