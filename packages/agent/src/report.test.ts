import { createSecretKey } from 'node:crypto';
import { deriveServerKey } from '@healthapp/shared/wire/server-key';
import { afterEach, describe, expect, it } from 'vitest';
import type { Word } from './heartbeat.ts';
import { createReporter, type Reporter } from './report.ts';
import { createSender } from './send.ts';
import { type ApiForTests, type ApiForTestsOptions, apiKeyForTests, startApi } from './testing/api-for-tests.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function api(options: ApiForTestsOptions = {}): Promise<ApiForTests> {
  const started = await startApi(options);
  opened.push(started);
  return started;
}

interface AgentInTest {
  /** How far its clock is from the API's, ms. */
  readonly wrongBy?: () => number;
  readonly key?: string;
}

function reporterTo({ url: base }: Pick<ApiForTests, 'url'>, agent: AgentInTest = {}): Reporter {
  const url = new URL(`${base}/api/v1/heartbeats/web-1`);
  const sender = createSender({ url, route: { kind: 'direct' }, secureContext: null, withinMs: 500 });
  opened.push(sender);
  const key = createSecretKey(deriveServerKey(agent.key ?? apiKeyForTests, 'web-1', 0));
  return createReporter({
    identity: { server: 'web-1', key, keyId: 'web-1' },
    manner: { version: '1.0.0', intervalMs: 30_000, graceMs: null, labels: {} },
    url,
    sender,
    observe: () => ({}),
    now: () => Date.now() + (agent.wrongBy?.() ?? 0),
  });
}

const up: Word = { kind: 'up' };
const hour = 3_600_000;

describe('a report', () => {
  it('is accepted, and says when the next is due', async () => {
    const here = await api();
    const outcome = await reporterTo(here).report(up);
    expect(outcome).toEqual({ kind: 'accepted', serverTime: expect.any(Number), dueAt: expect.any(Number) });
    expect(here.received).toHaveLength(1);
    expect(here.received[0]?.heartbeat).not.toHaveProperty('clockOffset');
  });

  it('signs the path with the prefix of api_url', async () => {
    const here = await api({ pathPrefix: '/monitoring' });
    expect((await reporterTo(here).report(up)).kind).toBe('accepted');
    expect(here.received[0]?.path).toBe('/monitoring/api/v1/heartbeats/web-1');
  });

  it('is dated ever later, however fast they follow', async () => {
    const here = await api();
    const reporter = reporterTo(here);
    for (let n = 0; n < 30; n++) expect((await reporter.report(up)).kind).toBe('accepted');
    expect(here.received).toHaveLength(30);
  });
});

describe('a clock that is wrong', () => {
  it.each([hour, -hour, 24 * hour])('by %d ms is corrected by what the API says, at once', async (wrongBy) => {
    const here = await api();
    const reporter = reporterTo(here, { wrongBy: () => wrongBy });
    expect((await reporter.report(up)).kind).toBe('accepted');
    expect(here.received).toHaveLength(2);
    expect((await reporter.report(up)).kind).toBe('accepted');
    expect(here.received).toHaveLength(3);
    const offsets = here.received.map(({ heartbeat }) => heartbeat.clockOffset);
    expect(offsets[0]).toBeUndefined();
    for (const offset of offsets.slice(1)) expect(Math.abs((offset ?? 0) + wrongBy)).toBeLessThan(1000);
  });

  it('by less than the API refuses is corrected from the second heartbeat on', async () => {
    const here = await api();
    const reporter = reporterTo(here, { wrongBy: () => 120_000 });
    for (let n = 0; n < 3; n++) expect((await reporter.report(up)).kind).toBe('accepted');
    expect(here.received).toHaveLength(3);
    expect(Math.round((here.received[2]?.heartbeat.clockOffset ?? 0) / 1000)).toBe(-120);
  });

  it('is no longer corrected once it was put right', async () => {
    let wrongBy = hour;
    const here = await api();
    const reporter = reporterTo(here, { wrongBy: () => wrongBy });
    await reporter.report(up);
    wrongBy = 0;
    expect((await reporter.report(up)).kind).toBe('accepted');
    expect((await reporter.report(up)).kind).toBe('accepted');
    expect(here.received.at(-1)?.heartbeat).not.toHaveProperty('clockOffset');
  });

  it('is corrected although heartbeats of it went unanswered before', async () => {
    const here = await api({
      answering(response, nth) {
        if (nth === 1) response.socket?.destroy();
        return nth === 1;
      },
    });
    const reporter = reporterTo(here, { wrongBy: () => hour });
    expect((await reporter.report(up)).kind).toBe('failed');
    expect((await reporter.report(up)).kind).toBe('accepted');
  });

  it('does not make it run hot when the correction does not help', async () => {
    const here = await api({
      answering(response) {
        response.writeHead(401).end(JSON.stringify({ detail: 'created is off', serverTime: Date.now() - hour }));
        return true;
      },
    });
    expect(await reporterTo(here).report(up)).toMatchObject({ kind: 'refused', cause: 'http-401' });
    expect(here.received).toHaveLength(2);
  });
});

describe('a replay', () => {
  it('is dated anew from what the API has accepted, once', async () => {
    const here = await api();
    // Another agent of this name, whose clock is ahead.
    await reporterTo(here, { wrongBy: () => 4000 }).report(up);
    const outcome = await reporterTo(here).report(up);
    expect(outcome.kind).toBe('accepted');
    const [first, refused, second] = here.received.map(({ heartbeat }) => heartbeat);
    expect(here.received).toHaveLength(3);
    expect(second?.sentAt).toBe((first?.sentAt ?? 0) + 1);
    expect(refused?.clockOffset).toBeUndefined();
    expect(second?.clockOffset).toBeGreaterThan(3000);
  });

  it('of what was just sent means that it was accepted', async () => {
    const here = await api({
      answering(response, _nth, { sentAt }) {
        response.writeHead(409).end(JSON.stringify({ detail: 'a replay', lastSentAt: sentAt }));
        return true;
      },
    });
    expect(await reporterTo(here).report(up)).toEqual({ kind: 'accepted', serverTime: null, dueAt: null });
    expect(here.received).toHaveLength(1);
  });

  it('again and again is a second agent of that name, and told so', async () => {
    const here = await api({
      answering(response, _nth, { sentAt }) {
        response.writeHead(409).end(JSON.stringify({ detail: 'a replay', lastSentAt: sentAt + 10 }));
        return true;
      },
    });
    const outcome = await reporterTo(here).report(up);
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('a second agent') });
    expect(here.received).toHaveLength(2);
  });
});

describe('what is not accepted is told with its remedy', () => {
  it('for a wrong key', async () => {
    const here = await api();
    expect(await reporterTo(here, { key: 'another key' }).report(up)).toMatchObject({
      kind: 'refused',
      cause: 'http-401',
      reason: expect.stringMatching(/^the API refused the heartbeat \(401\): .*"healthapp key web-1" prints/),
    });
  });

  it.each<[number, object, string, object]>([
    [
      400,
      { detail: 'grace: must not be below interval' },
      'refused',
      { reason: expect.stringContaining('(400): grace: must not be below interval; check agent') },
    ],
    [
      403,
      { detail: 'generation 0 is revoked' },
      'refused',
      { reason: expect.stringContaining('generation 0 is revoked; give this host its new key') },
    ],
    [404, {}, 'refused', { reason: expect.stringContaining('does api_url lead to it?') }],
    [200, { hello: 1 }, 'refused', { reason: expect.stringContaining("not as HealthApp's API does") }],
    [202, {}, 'refused', { reason: expect.stringContaining("not as HealthApp's API does") }],
    [500, {}, 'failed', { retryAfterMs: null, cause: 'http-500' }],
    [
      503,
      { detail: 'Redis is away' },
      'failed',
      { retryAfterMs: 7000, reason: expect.stringContaining('Redis is away') },
    ],
    [429, {}, 'failed', { retryAfterMs: 7000 }],
  ])('for a %d', async (status, body, kind, more) => {
    const here = await api({
      answering(response) {
        const retryAfter = status === 503 || status === 429 ? { 'retry-after': '7' } : {};
        response.writeHead(status, retryAfter).end(JSON.stringify(body));
        return true;
      },
    });
    expect(await reporterTo(here).report(up)).toMatchObject({ kind, ...more });
  });

  it('for a Retry-After that is a date', async () => {
    const here = await api({
      answering(response) {
        response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end();
        return true;
      },
    });
    const outcome = await reporterTo(here).report(up);
    expect(outcome.kind === 'failed' ? outcome.retryAfterMs : null).toBeGreaterThan(55_000);
  });

  it('for a redirect, with the api_url that would be right', async () => {
    const here = await api({
      answering(response) {
        response.writeHead(301, { location: 'https://new.test/base/api/v1/heartbeats/web-1' }).end();
        return true;
      },
    });
    expect(await reporterTo(here).report(up)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('redirects to https://new.test/base: heartbeats do not follow, so set api_url'),
    });
  });

  it('for nobody there', async () => {
    const here = await api();
    await here.close();
    opened.splice(0);
    expect(await reporterTo(here).report(up)).toMatchObject({
      kind: 'failed',
      cause: 'ECONNREFUSED',
      reason: expect.stringMatching(/^nothing listens at 127\.0\.0\.1:\d+: does the API run/),
    });
  });

  it('for an API that hangs', async () => {
    const here = await api({ answering: () => true });
    expect(await reporterTo(here).report(up)).toMatchObject({ kind: 'failed', cause: 'no-answer' });
  });

  it('for plain HTTP where TLS was expected', async () => {
    const here = await api();
    const outcome = await reporterTo({ url: here.url.replace('http:', 'https:') }).report(up);
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('does not speak TLS') });
  });
});
