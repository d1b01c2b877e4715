import { describe, expect, it } from 'vitest';
import { noon, statusView } from '../testing/views.ts';
import { monitorTroubles } from './monitor-trouble.ts';

const well = statusView({ servers: { up: 3 } });

describe("the monitor's own state", () => {
  it('is not mentioned when it is well', () => {
    expect(monitorTroubles(well, noon)).toEqual([]);
  });

  it.each([
    ['no-leader', { leader: null }],
    ['leader-stuck', { lastPass: noon - 121_000 }],
    ['blind', { blindness: { now: true, recent: [] } }],
    ['notifications-wait', { notifications: { waiting: 3, oldestAt: noon - 121_000 } }],
    ['no-receiver', { receivers: [] }],
    ['not-persistent', { redis: { ...well.redis, persistent: false } }],
    ['evicts', { redis: { ...well.redis, noeviction: false } }],
  ] as const)('tells "%s"', (kind, over) => {
    const status = { ...well, ...over } as typeof well;
    expect(monitorTroubles(status, noon).map((trouble) => trouble.kind)).toEqual([kind]);
  });

  it('is silent about notifications that only just wait', () => {
    expect(monitorTroubles({ ...well, notifications: { waiting: 3, oldestAt: noon - 60_000 } }, noon)).toEqual([]);
  });

  it('tells nothing else while Redis is not reachable, since nothing else is known', () => {
    const status = { ...well, leader: null, redis: { ...well.redis, reachable: false } };
    expect(monitorTroubles(status, noon).map((trouble) => trouble.kind)).toEqual(['redis-unreachable']);
  });

  it('is not called ill because Redis does not say whether it is', () => {
    const redis = { ...well.redis, persistent: null, noeviction: null };
    expect(monitorTroubles({ ...well, redis }, noon)).toEqual([]);
  });
});
