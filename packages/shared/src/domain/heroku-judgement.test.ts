import { describe, expect, it } from 'vitest';
import { type Alert, openedAlert } from './alert.ts';
import { type JudgedServer, judge, type Thresholds } from './detect.ts';
import type { HerokuFacts, Release } from './heroku.ts';
import type { Problem } from './problem.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 20, 12);
const thresholds: Thresholds = {
  maxFilesystemPercentage: 95,
  clockSkewMs: minute,
  heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 2 * minute, events: [] },
};

function app(heroku: HerokuFacts | null, over: Partial<JudgedServer> = {}): JudgedServer {
  return {
    name: 'heroku:shop',
    receivedAt: now - 1000,
    dueAt: now + minute,
    dueObserved: 1000,
    graceMs: 300_000,
    goodbye: null,
    expected: null,
    clockOffsetMs: null,
    alternatedAt: null,
    filesystems: [],
    checks: [],
    heroku,
    ...over,
  };
}

const dyno = (name: string, state: string, since = now - 10_000) => ({ name, type: 'web', state, since });
const release = (version: number, created: number): Release => ({
  version,
  description: 'Deploy abc123',
  user: 'dev@example.com',
  created,
});

function judged(facts: HerokuFacts | null, open: readonly Alert[] = [], over: Partial<JudgedServer> = {}) {
  return judge(app(facts, over), open, thresholds, 0, now);
}

function opened(problem: Pick<Problem, 'kind' | 'subject'>): Alert {
  const facts = { server: 'heroku:shop', labels: {}, lastHeardAt: null, dueAt: null };
  return openedAlert('1', { severity: 'critical', summary: '', ...problem }, facts, now - minute);
}

describe('a dyno', () => {
  it.each([
    ['up', []],
    ['idle', []],
    ['starting', []],
    ['crashed', [{ kind: 'dyno-crashed', subject: 'web.1', summary: 'web.1 has crashed' }]],
    ['down', [{ kind: 'dyno-down', subject: 'web.1', summary: 'web.1 is down' }]],
  ])('that is %s', (state, problems) => {
    expect(judged({ dynos: [dyno('web.1', state)] }).problems).toMatchObject(problems);
  });

  it.each(['starting', 'restarting'])('that is %s may take its time, and then is down', (state) => {
    const begun = now - 2 * minute;
    const early = judged({ dynos: [dyno('web.1', state, begun + 1)] });
    expect([early.problems, early.judgeAgainAt]).toEqual([[], now + 1]);
    const late = judged({ dynos: [dyno('web.1', state, begun)] });
    expect(late.problems).toMatchObject([{ kind: 'dyno-down', summary: `web.1 has been ${state} for 2 min` }]);
  });

  it('stays one incident while it crashes, goes down and starts, until it is up or scaled away', () => {
    const crashed = opened({ kind: 'dyno-crashed', subject: 'web.1' });
    const down = judged({ dynos: [dyno('web.1', 'down')] }, [crashed]);
    expect(down.problems).toMatchObject([{ kind: 'dyno-crashed', subject: 'web.1' }]);
    expect(down.endings).toEqual([]);
    expect(judged({ dynos: [dyno('web.1', 'starting')] }, [crashed])).toMatchObject({ problems: [], endings: [] });
    const ending = (facts: HerokuFacts) => judged(facts, [crashed]).endings;
    expect(ending({ dynos: [dyno('web.1', 'up')] })).toEqual([{ key: 'dyno-crashed|web.1', because: 'recovered' }]);
    expect(ending({ dynos: [] })).toEqual([{ key: 'dyno-crashed|web.1', because: 'removed' }]);
    expect(ending({ gone: { message: '' } })).toEqual([{ key: 'dyno-crashed|web.1', because: 'removed' }]);
  });

  it.each([
    ['when it came within 10 minutes before', { created: now - 9 * minute, since: now - 1000 }, true],
    [
      'when the dyno crashed within 10 minutes after it, however late that is found',
      { created: now - 60 * minute, since: now - 55 * minute },
      true,
    ],
    ['unless it came earlier', { created: now - 11 * minute, since: now - 1000 }, false],
    ['by Heroku’s clock, which may be ahead of ours', { created: now + 30_000, since: now + 31_000 }, true],
  ])('names the release %s', (_when, { created, since }, named) => {
    const releases = [release(42, created), release(41, created - 60 * minute)];
    const [problem] = judged({ dynos: [dyno('web.1', 'crashed', since)], releases }).problems;
    expect(problem?.context?.release).toEqual(
      named ? { version: 42, description: 'Deploy abc123', user: 'dev@example.com', createdAt: created } : undefined,
    );
    expect(problem?.summary.includes('after release v42 (Deploy abc123, by dev@example.com)')).toBe(named);
  });

  it('has its last lines of log beside it', () => {
    const [problem] = judged({ dynos: [{ ...dyno('web.1', 'crashed'), log: ['Error: boom'] }] }).problems;
    expect(problem?.context).toEqual({ log: ['Error: boom'] });
  });
});

describe('an add-on', () => {
  const addon = (state: string) => ({
    name: 'pg',
    service: 'heroku-postgresql',
    plan: 'heroku-postgresql:mini',
    state,
  });

  it('that is not provisioned is a problem until it is, or is removed', () => {
    const alert = opened({ kind: 'addon-unhealthy', subject: 'pg' });
    expect(judged({ addons: [addon('provisioned')] }).problems).toEqual([]);
    expect(judged({ addons: [addon('deprovisioned')] }).problems).toMatchObject([
      { kind: 'addon-unhealthy', subject: 'pg', summary: 'add-on pg (heroku-postgresql:mini) is deprovisioned' },
    ]);
    expect(judged({ addons: [addon('provisioned')] }, [alert]).endings).toMatchObject([{ because: 'recovered' }]);
    expect(judged({ addons: [] }, [alert]).endings).toMatchObject([{ because: 'removed' }]);
    expect(judged({ addons: [], cut: ['addons'] }, [alert]).endings).toEqual([]);
  });
});

describe('an app that cannot be seen', () => {
  const open = [opened({ kind: 'dyno-crashed', subject: 'web.1' }), opened({ kind: 'addon-unhealthy', subject: 'pg' })];

  it.each<[string, HerokuFacts | null, Partial<JudgedServer>]>([
    ['since its poller is silent', { dynos: [] }, { dueObserved: 0 }],
    ['as its poller says', { dynos: [], addons: [], unobserved: { reason: 'unreachable', message: '' } }, {}],
    ['in any of its parts', {}, {}],
    ['at all', null, {}],
  ])('%s has no new problem, and what was open stays open', (_why, facts, over) => {
    expect(judged(facts, open, over)).toMatchObject({ problems: [], endings: [] });
  });

  it('has neither a clock nor an identity of its own', () => {
    const over = { clockOffsetMs: 3_600_000, alternatedAt: now };
    expect(judged({}, [], over).problems).toEqual([]);
    expect(judged(null, [], { ...over, name: 'heroku-poller' }).problems.map(({ kind }) => kind)).toEqual([
      'clock-skew',
      'duplicate-identity',
    ]);
  });
});

describe('the poller', () => {
  const poller = (
    state: 'ok' | 'refused' | 'starting',
    unreadable: { app: string; message: string }[] = [],
  ): HerokuFacts => ({
    poller: { platform: { state, message: "Heroku's API refuses the key (401)" }, unreadable },
  });
  const one = { name: 'heroku-poller' };

  it('alone has the alert when Heroku refuses the key, and when an app cannot be read', () => {
    expect(judged(poller('refused'), [], one).problems).toMatchObject([
      { kind: 'check-failed', subject: 'heroku-api', summary: "Heroku's API refuses the key (401)" },
    ]);
    expect(judged(poller('ok', [{ app: 'shpo', message: 'no such app' }]), [], one).problems).toMatchObject([
      { kind: 'check-failed', subject: 'shpo', summary: 'no such app' },
    ]);
  });

  it('is well again when it can look, not when it starts', () => {
    const alert = opened({ kind: 'check-failed', subject: 'heroku-api' });
    expect(judged(poller('starting'), [alert], one)).toMatchObject({ problems: [], endings: [] });
    expect(judged(poller('ok'), [alert], one).endings).toMatchObject([{ because: 'recovered' }]);
  });

  it('that is silent is offline like everybody', () => {
    expect(judged(poller('ok'), [], { ...one, dueObserved: 0 }).problems).toMatchObject([{ kind: 'offline' }]);
  });
});
