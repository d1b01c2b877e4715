import type { ServerDetailView, ServerView } from '@healthapp/shared/wire/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsweringApi, done, noon } from '../answering-api.ts';
import { localTime } from '../times.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  api = await createAnsweringApi();
});

afterEach(() => api.close());

function serverNamed(name: string, given: Partial<ServerView> = {}): ServerView {
  return {
    name,
    state: 'up',
    kind: 'host',
    labels: {},
    lastHeartbeatAt: noon - 20_000,
    dueAt: noon + 280_000,
    os: 'linux',
    load: [0.1, 0.2, 0.3],
    memory: null,
    fullestFilesystem: { path: '/var', size: 100, used: 42, free: 58, percent: 42.3 },
    problems: [],
    ...given,
  };
}

describe('healthapp servers', () => {
  it('lists all pages in one table', async () => {
    api.answers((request) =>
      request.url?.includes('cursor=next')
        ? { body: { servers: [serverNamed('web-2', { state: 'silent', lastHeartbeatAt: null })], nextCursor: null } }
        : { body: { servers: [serverNamed('web-1')], nextCursor: 'next' } },
    );
    const { status, out } = await api.run(['servers', '--state', 'up', '--label', 'env=prod']);
    expect(status).toBe(0);
    expect(out).toBe(
      [
        'NAME   STATE   LAST HEARTBEAT  FULLEST DISK  PROBLEMS',
        'web-1  up      20 s ago        42 % /var',
        'web-2  silent  never           42 % /var',
        '',
      ].join('\n'),
    );
    expect(api.asked[0]?.url).toBe('/api/v1/servers?state=up&label=env%3Dprod&limit=1000');
    expect(api.asked[1]?.url).toContain('cursor=next');
  });

  it('prints the whole list as JSON', async () => {
    api.answers(() => ({ body: { servers: [serverNamed('web-1')], nextCursor: null } }));
    const { out } = await api.run(['servers', 'list', '--json', '--limit', '5']);
    expect(JSON.parse(out)).toEqual({ servers: [serverNamed('web-1')], nextCursor: null });
    expect(api.asked[0]?.url).toBe('/api/v1/servers?limit=5');
  });

  it('says so when there are none', async () => {
    api.answers(() => ({ body: { servers: [], nextCursor: null } }));
    expect((await api.run(['servers'])).out).toBe('no servers\n');
  });

  it('tells when those that need not report will have to', async () => {
    const servers = [
      serverNamed('away', { state: 'stopped', dueAt: noon + 600_000 }),
      serverNamed('gone', { state: 'stopped', dueAt: null }),
      serverNamed('new', { state: 'unknown', lastHeartbeatAt: null, dueAt: noon + 60_000, fullestFilesystem: null }),
      serverNamed('web-1'),
    ];
    api.answers(() => ({ body: { servers, nextCursor: null } }));
    expect((await api.run(['servers'])).out).toBe(
      [
        'NAME   STATE    LAST HEARTBEAT  EXPECTED   FULLEST DISK  PROBLEMS',
        'away   stopped  20 s ago        in 10 min  42 % /var',
        'gone   stopped  20 s ago        no more    42 % /var',
        'new    unknown  never           in 1 min',
        'web-1  up       20 s ago                   42 % /var',
        '',
      ].join('\n'),
    );
  });

  const detail: ServerDetailView = {
    ...serverNamed('web-1'),
    firstHeartbeatAt: null,
    interval: 30,
    grace: 300,
    generation: 0,
    agent: { version: null, kind: null },
    bootId: null,
    clockOffset: null,
    goodbye: null,
    host: null,
    checks: [],
    heroku: null,
    stateReason: null,
  };

  it('shows one that has never reported', async () => {
    api.answers(() => ({ body: { ...detail, state: 'unknown', lastHeartbeatAt: null, dueAt: noon + 60_000 } }));
    const { out } = await api.run(['servers', 'show', 'web-1']);
    expect(out).toMatch(/^State +unknown: it has never reported$/m);
    expect(out).toMatch(/^Last heartbeat +never$/m);
    expect(out).toMatch(/^Expected by +.* \(in 1 min\)$/m);
  });

  it.each([
    [{ by: 'operator', at: noon, backBy: null }, `by the operator, ${localTime(noon)} (0 s ago), for good`],
    [
      { by: 'agent', at: noon, backBy: noon + 600_000 },
      `by the agent, ${localTime(noon)} (0 s ago), back by ${localTime(noon + 600_000)} (in 10 min)`,
    ],
  ])('shows the goodbye %j', async (goodbye, text) => {
    api.answers(() => ({ body: { ...detail, state: 'stopped', goodbye } }));
    expect((await api.run(['servers', 'show', 'web-1'])).out).toContain(text);
  });

  it('expects a new one', async () => {
    api.answers(() => done);
    const { status, out } = await api.run(['servers', 'expect', 'web-9', '--within', '10m']);
    expect({ status, out }).toEqual({ status: 0, out: 'an alert opens unless web-9 reports within 10 min\n' });
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/servers/web-9/expect' });
    expect(api.asked[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(api.sent[0] ?? '')).toEqual({ within: 600 });
  });

  it.each(['soon', '400d'])('expects none within %s', async (within) => {
    const { status, err } = await api.run(['servers', 'expect', 'web-9', '--within', within]);
    expect({ status, asked: api.asked }).toEqual({ status: 2, asked: [] });
    expect(err).toContain(`, not '${within}'`);
  });

  it.each(['y\n', 'YES\n', 'yes'])('forgets those that are named when the answer is %j', async (typed) => {
    api.answers(() => done);
    const { status, out, err } = await api.run(['servers', 'forget', 'web-1', 'web-2', 'web-1'], { typed });
    expect({ status, out }).toEqual({ status: 0, out: 'web-1 is forgotten\nweb-2 is forgotten\n' });
    expect(err).toBe('Forget web-1, web-2? Alerts close, and the history goes. [y/N] ');
    expect(api.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'DELETE /api/v1/servers/web-1',
      'DELETE /api/v1/servers/web-2',
    ]);
  });

  it.each(['n\n', '\n', '', 'yesterday\n'])('forgets none when the answer is %j', async (typed) => {
    const { status, err } = await api.run(['servers', 'forget', 'web-1'], { typed });
    expect({ status, asked: api.asked }).toEqual({ status: 1, asked: [] });
    expect(err).toContain('nothing was forgotten\n');
  });

  it('forgets none unasked, unless told', async () => {
    const refused = await api.run(['servers', 'forget', 'web-1']);
    expect({ ...refused, asked: api.asked }).toMatchObject({ status: 2, out: '', asked: [] });
    expect(refused.err).toContain('--yes is missing: this cannot be undone, and there is no terminal to ask at');
    api.answers(() => done);
    expect(await api.run(['servers', 'forget', 'web-1', '--yes'])).toMatchObject({ status: 0, err: '' });
  });

  it('forgets the others when there is no such server as one of them', async () => {
    api.answers((request) =>
      request.url?.endsWith('/b') ? { status: 404, body: { detail: 'no server called b' } } : done,
    );
    expect(await api.run(['servers', 'forget', 'a', 'b', 'c', '--yes'])).toEqual({
      status: 1,
      out: 'a is forgotten\nc is forgotten\n',
      err: 'healthapp: no server called b (404)\n',
    });
  });

  it('forgets no more once the API refuses to', async () => {
    api.answers(() => ({ status: 403, body: { detail: 'operators only' } }));
    expect(await api.run(['servers', 'forget', 'a', 'b', '--yes'])).toMatchObject({ status: 1, out: '' });
    expect(api.asked).toHaveLength(1);
  });

  it('revokes a key and names the next', async () => {
    api.answers(() => ({ body: { name: 'web-1', generation: 3 } }));
    const { out } = await api.run(['servers', 'revoke', 'web-1']);
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/servers/web-1/revoke' });
    expect(out).toContain('healthapp key web-1 --generation 3');
  });

  it("tells the API's own words when it refuses", async () => {
    api.answers(() => ({
      status: 404,
      body: { type: 'about:blank', title: 'Not Found', status: 404, detail: 'no server called x has ever reported' },
    }));
    const { status, out, err } = await api.run(['servers', 'show', 'x']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toBe('healthapp: no server called x has ever reported (404)\n');
  });

  it('asks for nothing but what was named, whatever it holds', async () => {
    api.answers(() => ({ status: 404, body: {} }));
    await api.run(['servers', 'show', '../status?x#y']);
    expect(api.asked[0]?.url).toBe('/api/v1/servers/..%2Fstatus%3Fx%23y');
  });

  it.each(['', '.', '..'])('asks for nothing when %j is named, which would be another path', async (name) => {
    const { status, err } = await api.run(['servers', 'show', name]);
    expect({ status, err, asked: api.asked }).toEqual({
      status: 1,
      err: `healthapp: there is nothing called '${name}'\n`,
      asked: [],
    });
  });
});
