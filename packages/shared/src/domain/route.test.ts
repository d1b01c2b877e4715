import { describe, expect, it } from 'vitest';
import { type Routable, type Route, reminderPause, routesOf, shadows, type ToldBecause } from './route.ts';

interface Over extends Partial<Omit<Route, 'match'>> {
  readonly match?: Partial<Route['match']>;
}

function route(index: number, over: Over = {}): Route {
  const { match, ...rest } = over;
  return {
    index,
    line: 10 + index,
    match: { servers: null, labels: {}, kinds: null, severities: null, ...match },
    to: ['ops'],
    continues: false,
    remindEveryMs: undefined,
    remindBackoff: 'steady',
    quietHours: null,
    ...rest,
  };
}

const alert: Routable = { server: 'db-3', kind: 'offline', severity: 'critical', labels: { env: 'prod', team: 'x' } };
const receivers = ['default', 'ops', 'oncall', 'chat'];
const toldOf = (routes: readonly Route[], over: Partial<Routable> = {}, names: readonly string[] = receivers) =>
  routesOf({ ...alert, ...over }, routes, names).told.map(({ receiver, because }) => {
    return `${receiver}: ${because.kind === 'route' ? because.route.line : because.kind}`;
  });

describe('the routes of an alert', () => {
  it.each<[string, Partial<Route['match']>, boolean]>([
    ['nothing', {}, true],
    ['a pattern of its server', { servers: ['web-*', 'db-*'] }, true],
    ['another server', { servers: ['web-*'] }, false],
    ['its kind', { kinds: ['disk-full', 'offline'] }, true],
    ['another kind', { kinds: ['disk-full'] }, false],
    ['its severity', { severities: ['critical'] }, true],
    ['another severity', { severities: ['warning', 'info'] }, false],
    ['its label', { labels: { env: 'prod' } }, true],
    ['a label of another value', { labels: { env: 'test' } }, false],
    ['a label that it has not', { labels: { toString: 'x' } }, false],
    ['all but one', { servers: ['db-3'], kinds: ['offline'], labels: { env: 'prod', team: 'y' } }, false],
  ])('match %s', (_, match, matches) => {
    expect(toldOf([route(0, { match })])).toEqual([matches ? 'ops: 10' : 'default: unrouted']);
  });

  it('match no pattern of servers when it concerns none', () => {
    expect(toldOf([route(0, { match: { servers: ['*'] } })], { server: null })).toEqual(['default: unrouted']);
  });

  it('are asked in order until one matches that does not continue', () => {
    const routes = [
      route(0, { to: ['chat'], continues: true }),
      route(1, { match: { kinds: ['disk-full'] } }),
      route(2, { to: ['ops', 'chat'] }),
      route(3, { to: ['oncall'] }),
    ];
    expect(toldOf(routes)).toEqual(['chat: 10', 'ops: 12']);
    expect(routesOf(alert, routes, receivers).asked.map(({ outcome }) => outcome)).toEqual([
      { kind: 'matches' },
      { kind: 'differs', part: 'kind' },
      { kind: 'matches' },
      { kind: 'not-asked' },
    ]);
  });

  it('tell everybody when there are none', () => {
    expect(toldOf([])).toEqual(receivers.map((name) => `${name}: no-routes`));
  });

  it('tell everybody what none matches where nobody is called default', () => {
    expect(toldOf([route(0, { match: { kinds: ['disk-full'] } })], {}, ['ops', 'chat'])).toEqual([
      'ops: unrouted',
      'chat: unrouted',
    ]);
  });

  it('come after receivers that a rule named, unless none of these is there any more', () => {
    expect(toldOf([route(0)], { receivers: ['oncall', 'gone'] })).toEqual(['oncall: named']);
    expect(toldOf([route(0)], { receivers: ['gone'] })).toEqual(['ops: 10']);
  });

  it('tell nobody who is not configured any more', () => {
    expect(toldOf([route(0, { to: ['gone', 'ops'] })])).toEqual(['ops: 10']);
    expect(toldOf([route(0, { to: ['gone'] })])).toEqual(['default: unrouted']);
  });
});

describe('reminders', () => {
  const by = (over: Over): ToldBecause => ({ kind: 'route', route: route(0, over) });
  const minute = 60_000;
  it.each<[string, ToldBecause, number | null, (number | null)[]]>([
    ['come as usual where no route says anything', { kind: 'no-routes' }, 5 * minute, [5 * minute, 5 * minute]],
    ['come as usual where the route says nothing', by({}), 5 * minute, [5 * minute, 5 * minute]],
    ['come to no chat by themselves', by({}), null, [null]],
    ['come as often as the route says', by({ remindEveryMs: 15 * minute }), null, [15 * minute, 15 * minute]],
    ['do not come where the route says never', by({ remindEveryMs: null }), 5 * minute, [null]],
    [
      'come ever more seldom, once a day at the least',
      by({ remindEveryMs: 60 * minute, remindBackoff: 'doubling' }),
      null,
      [60, 120, 240, 480, 960, 1440, 1440].map((minutes) => minutes * minute),
    ],
    [
      'are not hastened by that bound',
      by({ remindEveryMs: 3000 * minute, remindBackoff: 'doubling' }),
      null,
      [3000 * minute, 3000 * minute],
    ],
  ])('%s', (_, because, usual, pauses) => {
    expect(pauses.map((__, before) => reminderPause(because, usual, before))).toEqual(pauses);
  });
});

describe('a route that can never be asked', () => {
  it.each<[string, Partial<Route['match']>, Partial<Route['match']>, boolean]>([
    ['after one for all', {}, { kinds: ['offline'] }, true],
    ['after the same', { servers: ['db-*'] }, { servers: ['db-*'] }, true],
    ['after a wider pattern', { servers: ['*'] }, { servers: ['db-3'] }, true],
    ['not after a narrower pattern', { servers: ['db-3'] }, { servers: ['db-*'] }, false],
    ['not after one that asks for more', { servers: ['db-*'], kinds: ['offline'] }, { servers: ['db-*'] }, false],
    ['after one with a part of its labels', { labels: { env: 'prod' } }, { labels: { env: 'prod', a: 'b' } }, true],
  ])('%s', (_, first, second, shadowed) => {
    expect(shadows(route(0, { match: first }), route(1, { match: second }))).toBe(shadowed);
  });

  it('is none after one that continues', () => {
    expect(shadows(route(0, { continues: true }), route(1))).toBe(false);
  });
});
