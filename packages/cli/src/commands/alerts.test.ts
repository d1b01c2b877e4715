import type { AlertView } from '@healthapp/shared/wire/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsweringApi, noon } from '../answering-api.ts';
import { localTime } from '../times.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  api = await createAnsweringApi();
});

afterEach(() => api.close());

describe('healthapp alerts', () => {
  const alert: AlertView = {
    id: 'a1',
    server: 'web-1',
    kind: 'offline',
    subject: '',
    severity: 'critical',
    state: 'ongoing',
    summary: 'web-1 is silent',
    lastHeardAt: noon - 600_000,
    dueAt: noon - 300_000,
    createdAt: noon - 300_000,
    labels: {},
    acknowledgedAt: null,
    acknowledgedBy: null,
    acknowledgedComment: null,
    silencedUntil: null,
    flapping: false,
    closedAt: null,
    closedBecause: null,
    context: null,
    actions: [],
    durationMs: 300_000,
  };

  it('lists them', async () => {
    api.answers(() => ({ body: { alerts: [alert], nextCursor: null } }));
    expect((await api.run(['alerts', '--state', 'active'])).out).toBe(
      [
        'STATE    SEVERITY  SERVER  WHAT             BEGAN      LASTED  ID',
        'ongoing  critical  web-1   web-1 is silent  5 min ago   5 min  a1',
        '',
      ].join('\n'),
    );
  });

  const acknowledged: AlertView = {
    ...alert,
    acknowledgedAt: noon - 60_000,
    acknowledgedBy: 'ann',
    acknowledgedComment: 'on it',
  };

  it('lists why they remind nobody, and their labels, where there is any', async () => {
    const alerts = [
      { ...acknowledged, labels: { env: 'prod', rack: '7' } },
      { ...alert, id: 'a2', silencedUntil: noon + 3_600_000, flapping: true },
      { ...alert, id: 'a3', server: null, kind: 'mass-silence', summary: '9 of 10 silent' },
    ];
    api.answers(() => ({ body: { alerts, nextCursor: null } }));
    const lines = (await api.run(['alerts'])).out.split('\n');
    expect(lines[0]).toMatch(/^STATE +SEVERITY +SERVER +WHAT +BEGAN +LASTED +NOTES +LABELS +ID$/);
    expect(lines[1]).toMatch(/ acknowledged by ann 1 min ago +env=prod, rack=7 +a1$/);
    expect(lines[2]).toMatch(new RegExp(` silenced until ${localTime(noon + 3_600_000)}; flapping +a2$`));
    expect(lines[3]).toMatch(/ \(fleet\) +9 of 10 silent /);
  });

  it('shows who acknowledged one, until when it is silenced, and that it flaps', async () => {
    const shown = {
      ...acknowledged,
      server: null,
      labels: { env: 'prod' },
      silencedUntil: noon + 60_000,
      flapping: true,
    };
    api.answers(() => ({ body: { ...shown, timeline: [], notifications: [] } }));
    const { out } = await api.run(['alerts', 'show', 'a1']);
    expect(out).toMatch(/^Server +\(fleet\)$/m);
    expect(out).toMatch(/^Labels +env=prod$/m);
    expect(out).toMatch(/^Acknowledged +by ann, .* \(1 min ago\)$/m);
    expect(out).toMatch(/^Comment +on it$/m);
    expect(out).toMatch(/^Silenced until +.* \(in 1 min\)$/m);
    expect(out).toMatch(/^Flapping +it comes and goes/m);
  });

  it.each([
    [['--comment', 'on it'], { comment: 'on it' }],
    [[], { comment: '' }],
  ])('acknowledges one, given %j', async (flags, body) => {
    api.answers(() => ({ body: { ...acknowledged, timeline: [], notifications: [] } }));
    const { status, out } = await api.run(['alerts', 'ack', 'a1', ...flags]);
    expect(status).toBe(0);
    expect(out).toBe('alert a1 of web-1 is acknowledged and reminds nobody until it closes: web-1 is silent\n');
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/alerts/a1/ack' });
    expect(JSON.parse(api.sent[0] ?? '')).toEqual(body);
  });

  it('takes an acknowledgement back', async () => {
    api.answers(() => ({ body: { ...alert, timeline: [], notifications: [] } }));
    expect((await api.run(['alerts', 'unack', 'a1'])).out).toBe(
      'alert a1 of web-1 is not acknowledged any more: web-1 is silent\n',
    );
    expect(api.asked[0]).toMatchObject({ method: 'DELETE', url: '/api/v1/alerts/a1/ack' });
    expect(api.asked[0]?.headers['content-type']).toBeUndefined();
  });

  it('does not look for a kind that there is not, as if there were no alerts', async () => {
    const { status, err } = await api.run(['alerts', '--kind', 'ofline']);
    expect(status).toBe(2);
    expect(err).toContain("--kind: there is no 'ofline'; there are offline, disk-full, ");
    expect(api.asked).toEqual([]);
  });

  it.each(['ack', 'unack'])('prints the alert as JSON after %s', async (name) => {
    const body = { ...alert, timeline: [], notifications: [] };
    api.answers(() => ({ body }));
    expect(JSON.parse((await api.run(['alerts', name, 'a1', '--json'])).out)).toEqual(body);
  });

  it('shows one with its timeline and its notifications', async () => {
    api.answers(() => ({
      body: {
        ...alert,
        timeline: [{ at: noon - 300_000, what: 'created', text: 'web-1 fell silent' }],
        notifications: [
          {
            id: 'a1.default.created',
            alertId: 'a1',
            receiver: 'default',
            event: 'created',
            number: 0,
            state: 'waiting',
            heldBecause: null,
            createdAt: noon - 300_000,
            attempts: 2,
            nextAttemptAt: noon,
            acceptedAt: null,
            lastError: 'connect ECONNREFUSED',
          },
        ],
      },
    }));
    const { out } = await api.run(['alerts', 'show', 'a1']);
    expect(out).toMatch(/^What +web-1 is silent$/m);
    expect(out).toMatch(/^Lasted +5 min$/m);
    expect(out).toMatch(/web-1 fell silent$/m);
    expect(out).toMatch(/^default +created +waiting +2 +connect ECONNREFUSED$/m);
  });
});
