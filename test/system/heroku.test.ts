/** What happens to apps on Heroku, from a double of its API to the mails, through the built roles. */
import type { AlertView, AppEventListView } from '@healthapp/shared/wire/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DoubleApp, example, type PlatformDouble, startPlatform } from '../harness/heroku/platform.ts';
import { eventOf, headerOf, type RoleProcess, type System, serverOf, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

const patienceMs = 60_000;
const restartingGraceMs = 4000;

let platform: PlatformDouble;
let system: System;

async function start(apps: readonly string[]): Promise<void> {
  platform = await startPlatform();
  for (const app of apps) platform.addApp(app);
  system = await startSystem({
    config: {
      group_window: 0,
      alert_process_interval: 1,
      alert_send_email_interval: -1,
      flapping: { changes: 4, within: '1h' },
      heroku: {
        api_key: platform.apiKey,
        api_url: platform.url,
        apps: 'all',
        interval: '1s',
        restarting_grace: `${restartingGraceMs}ms`,
      },
    },
  });
  await system.api();
  await system.processor();
}

async function stop(): Promise<void> {
  await system.close();
  await platform.close();
}

const poller = (name = 'poller') => system.run(name, ['heroku']);
const app = (name: string) => platform.apps.get(name) as DoubleApp;

function dyno(name: string, state: string, version = 1) {
  const release = { id: example('release').id, version };
  return example('dyno', { name, type: name.split('.')[0], state, updated_at: new Date().toISOString(), release });
}

/** Until the API shows this dyno in this state. */
function seen(name: string, dynoName: string, state: string): Promise<unknown> {
  return until(`${dynoName} of ${name} is seen ${state}`, patienceMs, async () => {
    const { heroku } = await system.server(`heroku:${name}`);
    return heroku?.dynos?.some((one) => one.name === dynoName && one.state === state);
  });
}

const alertsOf = (name: string) => system.alerts(`&server=${encodeURIComponent(name)}`);
const isOpen = ({ state }: AlertView) => state !== 'closed';

function alertOf(name: string, what: string, is: (alert: AlertView) => boolean): Promise<AlertView> {
  return until(what, patienceMs, async () => (await alertsOf(name)).find(is));
}

const told = (name: string) =>
  system
    .mails()
    .filter((mail) => serverOf(mail) === name)
    .map((mail) => `${headerOf(mail, 'x-healthapp-kind')} ${eventOf(mail)}`);

function mailed(name: string, what: string): Promise<unknown> {
  return until(`a mail ${what} of ${name}`, patienceMs, () => told(name).includes(what));
}

const stateOf = async (name: string) => (await system.server(name)).state;

describe('apps on Heroku', () => {
  beforeAll(async () => {
    await start(['loop', 'scaled', 'slow', 'deleted']);
    poller();
    for (const name of platform.apps.keys()) await seen(name, 'web.1', 'up');
  });
  afterAll(async () => {
    expect(platform.violations).toEqual([]);
    await stop();
  });

  it('crash in a loop after a release: it is told with the release, and not again and again', {
    timeout: 6 * patienceMs,
  }, async () => {
    const loop = app('loop');
    loop.releases.push(
      example('release', {
        version: 2,
        description: 'Deploy 1f2e3d4c',
        user: { ...(example('release').user as object), email: 'bob@example.com' },
        created_at: new Date().toISOString(),
      }),
    );
    for (const state of ['crashed', 'starting', 'crashed']) {
      loop.dynos = [dyno('web.1', state, 2)];
      await seen('loop', 'web.1', state);
    }
    const alert = await alertOf('heroku:loop', 'an alert', ({ kind }) => kind === 'dyno-crashed');
    expect(alert).toMatchObject({ subject: 'web.1', context: { release: { version: 2, user: 'bob@example.com' } } });
    expect(alert.summary).toMatch(/^web\.1 has crashed, .* after release v2 \(Deploy 1f2e3d4c, by bob@example\.com\)$/);
    await mailed('heroku:loop', 'dyno-crashed created');
    await mailed('heroku:loop', 'deploy happened');

    // It comes up for a moment now and then, as crash loops do.
    for (const state of ['up', 'crashed', 'up', 'crashed', 'up', 'crashed']) {
      loop.dynos = [dyno('web.1', state, 2)];
      await seen('loop', 'web.1', state);
      const open = state === 'crashed';
      await until(`it is judged ${state}`, patienceMs, async () => {
        const alerts = await alertsOf('heroku:loop');
        return alerts.some(({ flapping }) => flapping) || alerts.some(isOpen) === open;
      });
    }
    const flapping = await alertOf('heroku:loop', 'it is called flapping', (one) => one.flapping);
    expect(isOpen(flapping)).toBe(true);
    const mails = () => told('heroku:loop').filter((what) => what.startsWith('dyno-')).length;
    await until('its mails are there', patienceMs, async () => {
      const { notifications } = await system.alert(flapping.id);
      return notifications.every(({ state }) => state !== 'waiting');
    });
    const before = mails();
    for (const state of ['up', 'crashed']) {
      loop.dynos = [dyno('web.1', state, 2)];
      await seen('loop', 'web.1', state);
    }
    expect(mails()).toBe(before);
    expect((await alertsOf('heroku:loop')).filter(isOpen)).toHaveLength(1);
    expect(told('heroku:loop').filter((what) => what === 'deploy happened')).toHaveLength(1);
  });

  it('are scaled down: what crashed there is over, and the new formation is told once', {
    timeout: 4 * patienceMs,
  }, async () => {
    const scaled = app('scaled');
    scaled.dynos = [dyno('web.1', 'up'), dyno('web.2', 'crashed')];
    const alert = await alertOf('heroku:scaled', 'web.2 has an alert', ({ subject }) => subject === 'web.2');
    expect(alert.kind).toBe('dyno-crashed');
    scaled.formation = [example('formation', { type: 'web', quantity: 4, size: 'Basic' })];
    scaled.dynos = [dyno('web.1', 'up')];
    const closed = await alertOf(
      'heroku:scaled',
      'it is over',
      ({ id, state }) => id === alert.id && state === 'closed',
    );
    expect(closed.closedBecause).toBe('removed');
    await mailed('heroku:scaled', 'dyno-crashed closed');
    await mailed('heroku:scaled', 'formation-change happened');
    const { events } = await system.get<AppEventListView>('/api/v1/servers/heroku:scaled/events');
    expect(events.map(({ kind }) => kind)).toEqual(['formation-change']);
  });

  it('restart for too long: not before the grace is over, and until they are up', {
    timeout: 4 * patienceMs,
  }, async () => {
    const slow = app('slow');
    const since = Date.now();
    slow.dynos = [dyno('web.1', 'starting')];
    const alert = await alertOf('heroku:slow', 'it takes too long', ({ kind }) => kind === 'dyno-down');
    // By Redis' clock, which is this machine's; the double's time has whole milliseconds.
    expect(alert.createdAt).toBeGreaterThanOrEqual(since + restartingGraceMs);
    expect(alert.summary).toMatch(/^web\.1 has been starting for /);
    slow.dynos = [dyno('web.1', 'up')];
    const closed = await alertOf('heroku:slow', 'it is up', ({ id, state }) => id === alert.id && state === 'closed');
    expect(closed.closedBecause).toBe('recovered');
  });

  it('are deleted: what was wrong is over, and nobody is told that they are silent', {
    timeout: 4 * patienceMs,
  }, async () => {
    app('deleted').dynos = [dyno('web.1', 'crashed')];
    const alert = await alertOf('heroku:deleted', 'an alert', ({ kind }) => kind === 'dyno-crashed');
    platform.apps.delete('deleted');
    const closed = await alertOf(
      'heroku:deleted',
      'it is over',
      ({ id, state }) => id === alert.id && state === 'closed',
    );
    expect(closed.closedBecause).toBe('removed');
    await until('the app is stopped', patienceMs, async () => (await stateOf('heroku:deleted')) === 'stopped');
    await mailed('heroku:deleted', 'dyno-crashed closed');
    expect(told('heroku:deleted').sort()).toEqual(['dyno-crashed closed', 'dyno-crashed created']);
    expect((await alertsOf('heroku-poller')).filter(isOpen)).toEqual([]);
  });
});

describe('when Heroku’s API', () => {
  beforeEach(async () => {
    await start(['shop']);
    poller();
    await seen('shop', 'web.1', 'up');
  });
  afterEach(stop);

  it.each([
    ['refuses the key', 401, /refuses the key \(401\)/],
    ['is away', 503, /cannot be reached|answered 503/],
  ])(
    '%s, the poller alone has an alert, and what was open stays so',
    { timeout: 6 * patienceMs },
    async (_what, status, words) => {
      app('shop').dynos = [dyno('web.1', 'crashed')];
      await mailed('heroku:shop', 'dyno-crashed created');
      platform.behave({ status });
      const alert = await alertOf('heroku-poller', 'the poller has an alert', ({ kind }) => kind === 'check-failed');
      expect([alert.subject, alert.summary]).toEqual(['heroku-api', expect.stringMatching(words)]);
      await until('the app is unknown', patienceMs, async () => (await stateOf('heroku:shop')) === 'unknown');
      app('shop').dynos = [dyno('web.1', 'up')];
      expect((await system.alerts('&state=active')).map(({ kind }) => kind).sort()).toEqual([
        'check-failed',
        'dyno-crashed',
      ]);
      platform.behave({});
      await mailed('heroku-poller', 'check-failed closed');
      await mailed('heroku:shop', 'dyno-crashed closed');
      expect(told('heroku:shop')).toEqual(['dyno-crashed created', 'dyno-crashed closed']);
      expect(told('heroku-poller')).toEqual(['check-failed created', 'check-failed closed']);
      expect(await stateOf('heroku:shop')).toBe('up');
    },
  );
});

describe('two pollers', () => {
  beforeEach(() => start(['shop']));
  afterEach(stop);

  const bootId = async () => (await system.server('heroku-poller')).bootId;
  const standsBy = (role: RoleProcess) =>
    until(`${role.name} stands by`, patienceMs, () => role.output().includes('standing by'));

  it('take turns: one is killed, the other finds what happened meanwhile, and wakes nobody', {
    timeout: 6 * patienceMs,
  }, async () => {
    const first = poller('first');
    await seen('shop', 'web.1', 'up');
    const before = await bootId();
    const second = poller('second');
    await standsBy(second);
    const asked = platform.requests.length;
    await until('the first goes on', patienceMs, () => platform.requests.length > asked + 2);
    expect(await bootId()).toBe(before);

    await first.end('SIGKILL');
    app('shop').dynos = [dyno('web.1', 'crashed')];
    await until('the second reports', 2 * patienceMs, async () => (await bootId()) !== before);
    await mailed('heroku:shop', 'dyno-crashed created');
    // The first, started anew, stands by in its turn.
    await standsBy(poller('first again'));
    app('shop').dynos = [dyno('web.1', 'up')];
    await mailed('heroku:shop', 'dyno-crashed closed');
    expect(told('heroku-poller')).toEqual([]);
    expect(told('heroku:shop')).toEqual(['dyno-crashed created', 'dyno-crashed closed']);
    expect(second.output()).not.toContain('"level":"error"');
  });
});
