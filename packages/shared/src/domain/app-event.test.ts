import { describe, expect, it } from 'vitest';
import { eventsSince, isTold, nothingSeen } from './app-event.ts';
import type { HerokuFacts } from './heroku.ts';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

const release = (version: number, over = {}) => ({
  version,
  description: `Deploy ${version}`,
  user: 'dev@example.com',
  created: now - hour + version,
  ...over,
});
const facts: HerokuFacts = {
  releases: [release(2), release(1)],
  configVars: { keyId: 'k1', vars: { A: '1', B: '2' } },
  addons: [{ name: 'pg', service: 'postgres', plan: 'postgres:mini', state: 'provisioned' }],
  formation: [{ type: 'web', quantity: 2, size: 'Basic' }],
};
const { seen } = eventsSince(nothingSeen, facts, now);

function events(changed: HerokuFacts) {
  return eventsSince(seen, { ...facts, ...changed }, now).events;
}

describe('what happened to an app', () => {
  it('is nothing when it is seen for the first time, in whole or in part', () => {
    expect(eventsSince(nothingSeen, facts, now).events).toEqual([]);
    const partly = eventsSince(nothingSeen, { releases: facts.releases }, now);
    expect(eventsSince(partly.seen, facts, now)).toEqual({ events: [], seen });
  });

  it('is nothing while nothing changes, and once it has been compared', () => {
    expect(events({})).toEqual([]);
    const changed = { ...facts, releases: [release(3), release(2)] };
    expect(eventsSince(eventsSince(seen, changed, now).seen, changed, now).events).toEqual([]);
  });

  it('is each new release, the oldest first, by when it was made', () => {
    expect(events({ releases: [release(4, { user: undefined }), release(3), release(2)] })).toMatchObject([
      {
        kind: 'deploy',
        at: now - hour + 3,
        summary: 'v3 was released by dev@example.com: Deploy 3',
        context: { release: { version: 3 } },
      },
      { kind: 'deploy', summary: 'v4 was released: Deploy 4', context: { release: { version: 4, user: null } } },
    ]);
  });

  it('is a change of config vars, by name', () => {
    expect(events({ configVars: { keyId: 'k1', vars: { B: 'x', C: '3' } } })).toMatchObject([
      {
        kind: 'config-change',
        at: now,
        summary: 'config vars: added C; removed A; changed B',
        context: { changes: { added: ['C'], removed: ['A'], changed: ['B'] } },
      },
    ]);
  });

  it('is none when only the key of the fingerprints is another', () => {
    expect(events({ configVars: { keyId: 'k2', vars: { A: 'x', B: 'y' } } })).toEqual([]);
    expect(events({ configVars: { keyId: 'k2', vars: { A: 'x' } } })).toMatchObject([
      { summary: 'config vars: removed B' },
    ]);
  });

  it('is a change of add-ons and of the formation', () => {
    const addons = [
      { name: 'pg', service: 'postgres', plan: 'postgres:standard-0', state: 'provisioning' },
      { name: 'redis', service: 'redis', plan: 'redis:mini', state: 'provisioned' },
    ];
    const formation = [{ type: 'web', quantity: 4, size: 'Standard-1X' }];
    expect(events({ addons, formation })).toMatchObject([
      {
        kind: 'addon-change',
        summary: 'add-ons: added redis (redis:mini); changed pg (from postgres:mini to postgres:standard-0)',
      },
      { kind: 'formation-change', summary: 'formation: changed web (from 2 × Basic to 4 × Standard-1X)' },
    ]);
  });

  it('is nothing of what could not be seen, and of what a list that was cut lacks', () => {
    expect(events({ releases: [release(3)], unobserved: { reason: 'unreachable', message: '' } })).toEqual([]);
    expect(eventsSince(seen, {}, now)).toEqual({ events: [], seen });
    expect(events({ addons: [], cut: ['addons'] })).toEqual([]);
  });

  it('names a few of many', () => {
    const vars = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`V${100 + index}`, 'x']));
    const [event] = events({ configVars: { keyId: 'k1', vars: { A: '1', B: '2', ...vars } } });
    expect(event?.summary).toBe('config vars: added V100, V101, V102, V103, V104 and 295 more');
    expect(event?.context.changes?.added).toHaveLength(100);
  });

  it('is told when its kind is chosen and it is news', () => {
    const [event] = events({ releases: [release(3)] });
    if (event === undefined) throw new Error('no event');
    expect([
      isTold(event, ['deploy'], now),
      isTold(event, [], now),
      isTold(event, ['deploy'], now + 24 * hour),
    ]).toEqual([true, false, false]);
  });
});
