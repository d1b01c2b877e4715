import type { Alert, ClosingReason } from '@healthapp/shared/domain/alert';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { checkAcknowledgeLink } from '@healthapp/shared/wire/acknowledge-link';
import { describe, expect, it } from 'vitest';
import {
  addonAlert,
  blindAlert,
  checkAlert,
  clockAlert,
  closed,
  configEvent,
  crashedDynoAlert,
  dataLostAlert,
  deployEvent,
  diskAlert,
  downDynoAlert,
  duplicateAlert,
  failingRequestsAlert,
  harmfulAlert,
  massSilenceAlert,
  neverReportedAlert,
  offlineAlert,
  offlineAlerts,
  openedAt,
  pollerAlert,
  ruleAlert,
} from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { describeEmail, type EmailMessage } from './describe.ts';

const minute = 60_000;
const letterhead = { sender: 'HealthApp <alerts@example.com>', remindEveryMs: 5 * minute };

function described(facts: NotificationFacts): EmailMessage {
  return describeEmail(facts, letterhead);
}

const flappingAlert: Alert = {
  ...offlineAlert,
  flapping: { since: openedAt + 20 * minute, changedAt: openedAt + 24 * minute, standing: false },
};
const acknowledgement = { at: openedAt + 2 * minute, by: 'alice', comment: 'the rack has no power, on my way' };
const labels = { rack: 'r7', env: 'prod' };
const someOffline = offlineAlerts(3);
const diskAlerts = ['/', '/var', '/srv'].map(
  (path, index): Alert => ({
    ...diskAlert,
    id: `01JD6${index}`,
    server: `web-${index + 1}`,
    subject: path,
    summary: `${path} is 9${index + 6} % full`,
  }),
);
const mixed: [Alert, ...Alert[]] = [...someOffline, ...diskAlerts, massSilenceAlert];
const atTheEnd = someOffline.map((alert, index) => closed(alert, 'recovered', (40 - index) * minute)) as [
  Alert,
  ...Alert[],
];

/** The messages that alerts make when all goes its way. */
const messages = {
  'offline, created': factsOf(offlineAlert, 'created'),
  'offline, reminder': factsOf(offlineAlert, 'ongoing', { number: 5, now: openedAt + 25 * minute }),
  'offline, recovered': factsOf(closed(offlineAlert, 'recovered', 40 * minute), 'closed'),
  'offline, stopped': factsOf(closed(offlineAlert, 'stopped', 40 * minute), 'closed'),
  'disk full, created': factsOf(diskAlert, 'created'),
  'disk full, reminder': factsOf(diskAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute }),
  'disk full, recovered': factsOf(closed(diskAlert, 'recovered', 130 * minute), 'closed'),
  'disk full, removed': factsOf(closed(diskAlert, 'removed', 130 * minute), 'closed'),
  'offline, labelled and acknowledged': factsOf({ ...offlineAlert, labels, acknowledgement }, 'ongoing', {
    number: 1,
    now: openedAt + 5 * minute,
  }),
  'offline, flapping': factsOf(flappingAlert, 'flapping', { now: openedAt + 24 * minute }),
  'offline, reminder while it flaps': factsOf(flappingAlert, 'ongoing', { number: 6, now: openedAt + 30 * minute }),
  'offline, steady': factsOf(offlineAlert, 'steady', { now: openedAt + 39 * minute }),
  'offline, recovered after flapping': factsOf(closed(flappingAlert, 'recovered', 39 * minute), 'closed'),
  'never reported, created': factsOf(neverReportedAlert, 'created'),
  'never reported, recovered': factsOf(closed(neverReportedAlert, 'recovered', 40 * minute), 'closed'),
  'two machines, created': factsOf(duplicateAlert, 'created'),
  'two machines, reminder': factsOf(duplicateAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute }),
  'two machines, recovered': factsOf(closed(duplicateAlert, 'recovered', 40 * minute), 'closed'),
  'clock wrong, created': factsOf(clockAlert, 'created'),
  'clock wrong, recovered': factsOf(closed(clockAlert, 'recovered', 40 * minute), 'closed'),
  'check failed, created': factsOf(checkAlert, 'created'),
  'check failed, recovered': factsOf(closed(checkAlert, 'recovered', 40 * minute), 'closed'),
  'mass silence, created': factsOf(massSilenceAlert, 'created'),
  'mass silence, reminder': factsOf(massSilenceAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute }),
  'mass silence, over': factsOf(closed(massSilenceAlert, 'recovered', 15 * minute), 'closed'),
  'monitor blind, created': factsOf(blindAlert, 'created'),
  'monitor blind, reminder': factsOf(blindAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute }),
  'data lost': factsOf(dataLostAlert, 'created'),
  'monitor blind, recovered': factsOf(closed(blindAlert, 'recovered', 6 * minute), 'closed'),
  'dyno crashed, created': factsOf(crashedDynoAlert, 'created'),
  'dyno crashed, reminder': factsOf(crashedDynoAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute }),
  'dyno crashed, recovered': factsOf(closed(crashedDynoAlert, 'recovered', 4 * minute), 'closed'),
  'dyno crashed, scaled away': factsOf(closed(crashedDynoAlert, 'removed', 4 * minute), 'closed'),
  'dyno down, created': factsOf(downDynoAlert, 'created'),
  'add-on not well, created': factsOf(addonAlert, 'created'),
  'a rule breached, created': factsOf(ruleAlert, 'created'),
  'a rule breached, recovered': factsOf(closed(ruleAlert, 'recovered', 9 * minute), 'closed'),
  'requests fail, created': factsOf(failingRequestsAlert, 'created'),
  '2 rules breached, created': groupFactsOf([ruleAlert, failingRequestsAlert], 'created'),
  'Heroku refuses the key, created': factsOf(pollerAlert, 'created'),
  'a release': factsOf(deployEvent, 'happened'),
  'config vars changed': factsOf(configEvent, 'happened'),
  '3 servers, created': groupFactsOf(someOffline, 'created'),
  '3 servers, reminder': groupFactsOf(someOffline, 'ongoing', { id: 'group-b-1', now: openedAt + 5 * minute }),
  '3 servers, recovered': groupFactsOf(atTheEnd, 'closed', { id: 'group-c-1', root: 'group-5f3a9c-1' }),
  '3 servers, flapping': groupFactsOf(someOffline, 'flapping', { id: 'group-d-1' }),
  '3 servers, steady': groupFactsOf(someOffline, 'steady', { id: 'group-e-1' }),
  '30 servers, created': groupFactsOf(offlineAlerts(30), 'created'),
  '3,000 servers, created': groupFactsOf(offlineAlerts(3000), 'created'),
  'several kinds, created': groupFactsOf(mixed, 'created'),
  'several kinds, reminder': groupFactsOf(mixed, 'ongoing', { id: 'group-b-1', now: openedAt + 5 * minute }),
  'a test': { ...factsOf(offlineAlert, 'test'), id: 'test-1.default.test' },
} satisfies Record<string, NotificationFacts>;

describe('what a mail says', () => {
  it.each(Object.entries(messages))('%s', (_name, facts) => {
    const { subject, text } = described(facts);
    expect(`Subject: ${subject}\n\n${text}`).toMatchSnapshot();
  });

  it.each([
    'offline, created',
    'disk full, reminder',
    'offline, recovered',
    'mass silence, created',
    '3 servers, created',
    'a test',
  ] as const)('%s, as HTML', (name) => {
    expect(described(messages[name]).html).toMatchSnapshot();
  });

  it('is the same for the same facts', () => {
    const facts = messages['offline, created'];
    expect(described(facts)).toEqual(described(structuredClone(facts)));
  });

  it.each([
    ['stopped', 'db-1.example.com was stopped on purpose'],
    ['forgotten', 'db-1.example.com was forgotten'],
    ['revoked', 'the key of db-1.example.com was revoked'],
  ] satisfies [ClosingReason, string][])('does not call it recovered when it was %s', (because, words) => {
    const { subject, text } = described(factsOf(closed(offlineAlert, because, minute), 'closed'));
    expect(subject).toBe(`[${because} after 1 min] db-1.example.com offline`);
    expect(text).toContain(words);
    expect(subject + text).not.toMatch(/recovered/i);
  });

  it('says that it comes late, and that the alert is over already', () => {
    const alert = closed(offlineAlert, 'recovered', 10 * minute);
    const { text } = described(factsOf(alert, 'created', { now: openedAt + 90 * minute }));
    expect(text).toContain('This message comes 1 h 30 min late');
    expect(text).toContain('It is over already, since 2026-11-20 03:27:07 UTC (1 h 20 min ago).');
  });

  it('says of flapping that is over already that another message tells how it stands', () => {
    const settled = described(factsOf(offlineAlert, 'flapping', { now: openedAt + 40 * minute }));
    expect(settled.text).toContain('It flaps no longer; another message tells what stands.');
    const gone = described(factsOf(closed(flappingAlert, 'recovered', 39 * minute), 'flapping'));
    expect(gone.text).toContain('It is over already');
    const again = described(factsOf(flappingAlert, 'steady', { now: openedAt + 30 * minute }));
    expect(again.text).toContain('It has begun to come and go again');
  });

  it('shows ten labels at most, and says how many more there are', () => {
    const many = Object.fromEntries(Array.from({ length: 64 }, (_none, n) => [`label-${n + 10}`, 'x'.repeat(256)]));
    const { text } = described(factsOf({ ...offlineAlert, labels: many }, 'created'));
    expect(text.match(/label-\d+=x+/g)).toHaveLength(10);
    expect(text).toMatch(/^Labels .* and 54 more$/m);
  });

  it('promises no reminder when there is none', () => {
    const { text } = describeEmail(messages['offline, created'], { ...letterhead, remindEveryMs: null });
    expect(text).toContain('No reminder follows; you hear again when it is over.');
  });

  it('has no links without a public URL', () => {
    const { text, html } = described({ ...messages['offline, created'], publicUrl: null });
    expect(text).not.toContain('http');
    expect(html).not.toContain('href');
  });

  it('gives no ping for what is no host', () => {
    const app: Alert = { ...offlineAlert, server: 'heroku:shop' };
    const { text } = described(factsOf(app, 'created'));
    expect(text).not.toContain('ping');
    expect(text).toContain('https://health.example.com/server/heroku:shop');
  });

  it('tells of a kind that only a newer version knows, and of one without a server', () => {
    const known = { kind: 'lights-out', subject: 'shop', summary: 'shop answers 500' };
    const check = described(factsOf({ ...offlineAlert, ...known }, 'created'));
    expect(check.subject).toBe('[critical] db-1.example.com lights out: shop');
    expect(check.text).toContain('db-1.example.com: shop answers 500.');
    const fleet = { server: null, kind: 'redis-replaced', summary: 'Redis came back empty' };
    const ofFleet = described(factsOf({ ...offlineAlert, ...fleet }, 'ongoing', { now: openedAt + 3 * minute }));
    expect(ofFleet.subject).toBe('[critical for 3 min] Redis replaced');
    expect(ofFleet.text).toContain('HealthApp: Redis came back empty (for 3 min now).');
    expect(ofFleet.headers).not.toHaveProperty('X-HealthApp-Server');
    const both = { ...offlineAlert, ...known, id: '01JD7' };
    const several = described(groupFactsOf([{ ...offlineAlert, ...known }, both], 'created'));
    expect(several.subject).toBe('[critical] 2 alerts “lights out” open: db-1.example.com');
  });
});

describe('a mail about a server that said goodbye', () => {
  it('says what was announced before it was missed', () => {
    const summary = 'is not back: an operator announced 2 h, 2 h 3 min ago';
    const { subject, text } = described(factsOf({ ...offlineAlert, summary }, 'created'));
    expect(subject).toBe('[critical] db-1.example.com offline');
    expect(text).toMatch(/^db-1\.example\.com is not back: an operator announced 2 h, 2 h 3 min ago\.$/m);
  });
});

describe('the thread of an alert', () => {
  const created = described(messages['offline, created']);
  const reminder = described(messages['offline, reminder']);
  const end = described(messages['offline, recovered']);

  it('begins with the first mail, and the others answer it', () => {
    expect(created.messageId).toBe('<01JD4W9Q6Z.default.created@example.com>');
    expect(created.inReplyTo).toBeNull();
    expect(reminder.messageId).toBe('<01JD4W9Q6Z.default.ongoing.5@example.com>');
    for (const later of [reminder, end]) {
      expect(later.inReplyTo).toBe(created.messageId);
      expect(later.references).toContain(created.messageId);
    }
  });

  it('has an id on a repeat that is equal, whatever the time', () => {
    const repeat = described({ ...messages['offline, created'], now: openedAt + 3 * 60 * minute });
    expect(repeat.messageId).toBe(created.messageId);
  });

  it('shares a reference from the first mail on, which no other alert of the server has', () => {
    const nextNight = described(factsOf({ ...offlineAlert, id: '01JD6ZZZZZ' }, 'created'));
    expect(nextNight.subject).toBe(created.subject);
    expect(created.references).toEqual([end.references[0]]);
    expect(nextNight.references).not.toEqual(created.references);
  });

  it('keeps its subject but for what stands in brackets', () => {
    const base = (message: EmailMessage) => message.subject.replace(/^\[[^\]]*\] /, '');
    for (const message of [created, reminder, end]) {
      expect(base(message)).toBe('db-1.example.com offline');
      expect(message.headers['Thread-Topic']).toBe(base(message));
    }
  });

  it.each([
    ['alerts@example.com', 'example.com'],
    ['On call <alerts@Example.COM>', 'example.com'],
    ['alerts@bücher.example', 'xn--bcher-kva.example'],
    ['healthapp@localhost', 'localhost'],
    ['healthapp', 'healthapp.invalid'],
    ['a@[127.0.0.1]', 'healthapp.invalid'],
    ['a@b c>\r\nX: y', 'healthapp.invalid'],
  ])('derives its ids from the domain of %j', (sender, domain) => {
    const { messageId } = describeEmail(messages['offline, created'], { ...letterhead, sender });
    expect(messageId).toBe(`<01JD4W9Q6Z.default.created@${domain}>`);
  });

  it('writes a receiver of any name into an id that stays valid', () => {
    const { messageId, headers } = described(factsOf(offlineAlert, 'created', { receiver: 'Bereitschaft "ü" <x>' }));
    expect(messageId).toBe('<01JD4W9Q6Z.Bereitschaft=20=22=c3=bc=22=20=3cx=3e.created@example.com>');
    expect(headers['List-Id']).toBe('HealthApp alerts <Bereitschaft=20=22=c3=bc=22=20=3cx=3e.healthapp.example.com>');
  });
});

describe('a mail about what an attacker named', () => {
  const created = described(factsOf(harmfulAlert, 'created'));
  const { html, text, subject, headers } = created;

  it('has no line break and nothing unseen in any header', () => {
    const fields = [subject, created.messageId, ...created.references, ...Object.values(headers)];
    for (const field of fields) expect(field).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(subject).toContain('\\u000d\\u000a');
  });

  it('has a subject and headers of bearable length', () => {
    expect(Array.from(subject).length).toBeLessThan(200);
    for (const value of Object.values(headers)) expect(Array.from(value).length).toBeLessThan(300);
  });

  it('escapes every name in the HTML', () => {
    expect(html).not.toMatch(/<(script|img)/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toMatch(/(src|href)="(?!https:\/\/health\.example\.com\/)/);
  });

  it('shows what could reorder or break the text instead of letting it', () => {
    expect(text).toContain('\\u202egnp.exe');
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/^Bcc:/m);
  });

  it('has commands that do nothing but what they say', () => {
    const quoted = `$'/mnt/<script>alert(1)</script>/\\'"&$(reboot)\\u000d\\u000aBcc: all@example.com`;
    expect(text).toContain(`df -h ${quoted}`);
    expect(described(factsOf({ ...diskAlert, subject: "/mnt/it's $HOME" }, 'created')).text).toContain(
      "du -xh --max-depth=1 '/mnt/it'\\''s $HOME' | sort -h | tail",
    );
    expect(described(factsOf({ ...diskAlert, subject: '--help' }, 'created')).text).not.toContain('df -h');
    expect(described(factsOf({ ...offlineAlert, server: '-f' }, 'created')).text).not.toContain('ping');
  });

  it('shows labels and comments on the line where they belong', () => {
    const acknowledged = { at: openedAt, by: '<b>eve\r\n', comment: 'done\r\nServer  db-9\u2028<script>' };
    const labelled = { ...offlineAlert, labels: { '<img src=x>': '\r\nX: y' }, acknowledgement: acknowledged };
    const mail = described(factsOf(labelled, 'created'));
    expect(mail.text).toContain('Labels        <img src=x>=\\u000d\\u000aX: y\n');
    expect(mail.text).not.toMatch(/^Server {2}db-9/m);
    expect(mail.html).not.toMatch(/<(b>|script|img)/i);
  });

  it('leaves the whole path to be read', () => {
    expect(text).toContain('é'.repeat(4000));
  });

  it('survives half a character', () => {
    const broken = described(factsOf({ ...offlineAlert, server: 'db-\ud83d' }, 'created'));
    expect(broken.subject).toBe('[critical] db-\ufffd offline');
    expect(broken.text).toContain('/server/db-%EF%BF%BD');
  });
});

describe('the link that acknowledges', () => {
  const linksIn = (facts: NotificationFacts) => {
    const { text, html } = describeEmail(facts, { sender: 'a@example.com', remindEveryMs: null, acknowledgeKey: 'k' });
    const inText = /^Acknowledge: (\S+)$/m.exec(text)?.[1];
    expect(html.includes('Acknowledge</a>')).toBe(inText !== undefined);
    return inText;
  };

  it('stands in the mail of one alert that nobody takes care of', () => {
    const link = new URL(linksIn(factsOf(offlineAlert, 'created')) ?? '');
    expect(link.pathname).toBe(`/acknowledge/${offlineAlert.id}`);
    const part = (name: string) => link.searchParams.get(name) ?? '';
    const query = { to: part('to'), until: part('until'), signature: part('signature') };
    expect(checkAcknowledgeLink(['k'], offlineAlert.id, query, openedAt)).toMatchObject({ kind: 'good' });
  });

  it.each([
    ['when it is over', factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed')],
    [
      'when somebody has acknowledged it',
      factsOf({ ...offlineAlert, acknowledgement: { at: 1, by: 'ann', comment: '' } }, 'ongoing'),
    ],
    ['without an address', { ...factsOf(offlineAlert, 'created'), publicUrl: null }],
    ['in a test', factsOf(offlineAlert, 'test')],
    ['for several at once', groupFactsOf(offlineAlerts(3), 'created')],
  ])('is left out %s', (_when, facts) => {
    expect(linksIn(facts)).toBeUndefined();
  });
});
