import type { Alert } from '@healthapp/shared/domain/alert';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { describe, expect, it } from 'vitest';
import { closed, diskAlert, harmfulAlert, offlineAlert, offlineAlerts, openedAt } from '../example-alerts.ts';
import { groupFactsOf } from '../example-facts.ts';
import { describeEmail, type EmailMessage } from './describe.ts';

const minute = 60_000;

function described(facts: NotificationFacts): EmailMessage {
  return describeEmail(facts, { sender: 'alerts@example.com', remindEveryMs: 5 * minute });
}

type Alerts = [Alert, ...Alert[]];

describe('a mail about several alerts', () => {
  it.each([
    [2, '2 servers offline: db-1 and db-2'],
    [3, '3 servers offline: db-1, db-2 and db-3'],
    [30, '30 servers offline: db-1, db-2, db-3 and 27 more'],
    [3000, '3,000 servers offline: db-1, db-2, db-3 and 2,997 more'],
  ])('of %i servers says so in its subject', (count, incident) => {
    expect(described(groupFactsOf(offlineAlerts(count), 'created')).subject).toBe(`[critical] ${incident}`);
  });

  it.each([30, 3000])('of %i servers lists at most 50, says how many more there are, and leads to all', (count) => {
    const { text, html } = described(groupFactsOf(offlineAlerts(count), 'created'));
    expect(text.match(/^ {2}db-\d+ /gm)).toHaveLength(Math.min(50, count));
    expect(html.match(/<li [^>]*><bdi>/g)).toHaveLength(Math.min(50, count));
    for (const body of [text, html]) {
      if (count === 3000) expect(body).toContain('and 2,950 more');
      else expect(body).not.toMatch(/^(<li.*>| *)and [\d,]+ more/m);
      expect(body).toContain('https://health.example.com/alerts');
    }
  });

  it('stays below what mail programs cut off, whatever it is about', () => {
    const harmful = (_none: unknown, index: number): Alert => ({
      ...harmfulAlert,
      id: `${index}${'"'.repeat(200)}`,
      server: `${'<"&\u202e\ud83d\ude00'.repeat(60)}${index}`,
      kind: index % 5 === 0 ? harmfulAlert.kind : `kind-${index}-${'>'.repeat(300)}`,
      labels: { [`<b>${'&'.repeat(200)}`]: '\r\nBcc: all@example.com' },
    });
    const alerts = Array.from({ length: 3000 }, harmful) as Alerts;
    const { subject, headers, text, html } = described(groupFactsOf(alerts, 'created'));
    expect(Buffer.byteLength(text)).toBeLessThan(100_000);
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    expect(Array.from(subject).length).toBeLessThan(250);
    for (const value of [subject, ...Object.values(headers)]) {
      expect(value).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
      expect(Array.from(value).length).toBeLessThan(300);
    }
    expect(html).not.toMatch(/<(script|img|b)>/i);
    expect(text).not.toMatch(/^Bcc:/m);
  });

  it('has the same subject but for what stands in brackets when the same alerts are over', () => {
    const alerts = offlineAlerts(30);
    const over = alerts.map((alert) => closed(alert, 'recovered', 20 * minute)).reverse() as Alerts;
    const base = (facts: NotificationFacts) => described(facts).subject.replace(/^\[[^\]]*\] /, '');
    expect(base(groupFactsOf(over, 'closed'))).toBe(base(groupFactsOf(alerts, 'created')));
  });

  it('of several kinds tells how many of each, the worst first', () => {
    const disks = [1, 2].map((n) => ({ ...diskAlert, id: `d${n}`, server: `web-${n}` }));
    const alerts: Alerts = [...(disks as Alerts), ...offlineAlerts(10)];
    const { subject, text, headers } = described(groupFactsOf(alerts, 'created'));
    expect(subject).toBe('[critical] 12 alerts: 10 offline, 2 disk full');
    expect(text.indexOf('Offline (critical): 10')).toBeLessThan(text.indexOf('Disk full (warning): 2'));
    expect(headers).toMatchObject({ 'X-HealthApp-Alerts': '12', 'X-HealthApp-Kind': 'disk-full, offline' });
    expect(headers).not.toHaveProperty('X-HealthApp-Server');
  });

  it('lists some of every kind, however many there are of one', () => {
    const alerts: Alerts = [...offlineAlerts(300), { ...diskAlert, server: 'web-1' }];
    const { text } = described(groupFactsOf(alerts, 'created'));
    expect(text).toContain('  web-1  /var/lib/postgresql is 97 % full');
    expect(text).toContain('  and 251 more');
  });

  it('of one server names it, and can be filtered by it', () => {
    const alerts: Alerts = [{ ...diskAlert, subject: '/srv', id: 'd2' }, diskAlert, offlineAlert];
    const { subject, headers } = described(groupFactsOf(alerts, 'created'));
    expect(subject).toBe('[critical] 3 alerts on db-1.example.com: 1 offline, 2 disk full');
    expect(headers['X-HealthApp-Server']).toBe('db-1.example.com');
  });

  it('says what nearly all of the servers have in common', () => {
    const [first, ...others] = offlineAlerts(30);
    const alerts: Alerts = [{ ...first, server: 'web-1' }, ...others];
    const { text } = described(groupFactsOf(alerts, 'created'));
    expect(text).toContain(
      'What the servers have in common: 29 of the 30 names begin with “db-”; all 30 have the label rack=r7.',
    );
  });

  it('does not call it recovered when it was not', () => {
    const [one, two, three] = offlineAlerts(3) as [Alert, Alert, Alert];
    const ends: Alerts = [
      closed(one, 'recovered', minute),
      closed(two, 'revoked', minute),
      closed(three, 'recovered', minute),
    ];
    const some = described(groupFactsOf(ends, 'closed'));
    expect(some.subject).toMatch(/^\[closed after 1 min\]/);
    expect(some.text).toMatch(/^Closed after 1 min: 2 recovered and 1 revoked\.\n/);
    const stopped = [one, two, three].map((alert) => closed(alert, 'stopped', minute)) as Alerts;
    const all = described(groupFactsOf(stopped, 'closed'));
    expect(all.subject).toMatch(/^\[stopped after 1 min\]/);
    expect(all.subject + all.text).not.toMatch(/recovered/i);
  });

  it('says that it comes late, and what is over already', () => {
    const [first, ...others] = offlineAlerts(3);
    const alerts: Alerts = [closed(first, 'recovered', minute), ...others];
    const { text } = described(groupFactsOf(alerts, 'created', { now: openedAt + 30 * minute }));
    expect(text).toContain('This message comes 29 min 53 s late');
    expect(text).toContain('One of them is over already.');
  });

  it('says in a reminder which of them come and go', () => {
    const flapping = { since: openedAt, changedAt: openedAt + minute, standing: true };
    const [first, ...others] = offlineAlerts(3);
    const { text } = described(groupFactsOf([{ ...first, flapping }, ...others], 'ongoing'));
    expect(text).toContain('One of them is flapping: the problem comes and goes.');
    expect(text).toContain('  db-1  flapping since 03:17:07 UTC (17 s ago)');
  });

  it('is told like any other when only one of its alerts can be read', () => {
    const { subject, messageId } = described(groupFactsOf([offlineAlert], 'created'));
    expect(subject).toBe('[critical] db-1.example.com offline');
    expect(messageId).toBe('<group-5f3a9c-1@example.com>');
  });

  it('has no links without a public URL', () => {
    const { text, html } = described({ ...groupFactsOf(offlineAlerts(3), 'created'), publicUrl: null });
    expect(text).not.toContain('http');
    expect(html).not.toContain('href');
  });
});

describe('the thread of alerts that began in one mail', () => {
  const alerts = offlineAlerts(3);
  const first = described(groupFactsOf(alerts, 'created'));
  const root = 'group-5f3a9c-1';

  it('begins with that mail', () => {
    expect(first).toMatchObject({ messageId: `<${root}@example.com>`, inReplyTo: null });
    expect(first.references).toEqual([`<${root}.thread@example.com>`]);
  });

  it('goes on with what follows of all of them, of some and of one', () => {
    const all = described(groupFactsOf(alerts, 'ongoing', { id: 'group-b-1', root }));
    const one = described({ ...groupFactsOf([alerts[0]], 'closed', { root }), id: `${alerts[0].id}.default.closed` });
    for (const later of [all, one]) {
      expect(later.inReplyTo).toBe(first.messageId);
      expect(later.references).toEqual([...first.references, first.messageId]);
      expect(later.messageId).not.toBe(first.messageId);
    }
  });

  it('answers the mail in which most of them began, and refers to the others in between', () => {
    const facts = groupFactsOf(alerts, 'closed', { id: 'group-c-1', root });
    const [one, ...others] = facts.alerts;
    const elsewhere = { ...one, root: 'elsewhere' };
    const { inReplyTo, references } = described({ ...facts, alerts: [elsewhere, ...others] });
    expect(inReplyTo).toBe(first.messageId);
    expect(references).toEqual([`<${root}.thread@example.com>`, '<elsewhere@example.com>', first.messageId]);
  });

  it('refers to twenty of them at most, and answers the first of as many', () => {
    const { inReplyTo, references } = described(groupFactsOf(offlineAlerts(3000), 'closed', { id: 'group-c-1' }));
    expect(inReplyTo).toBe(`<${alerts[0].id}.default.created@example.com>`);
    expect(references.at(-1)).toBe(inReplyTo);
    expect(references).toHaveLength(21);
  });
});
