import { heartbeatSchema, maxHeartbeatBytes } from '@healthapp/shared/wire/heartbeat';
import { describe, expect, it } from 'vitest';
import { encodeHeartbeat, heartbeatOf, type Manner, type Word } from './heartbeat.ts';

const manner: Manner = { version: '1.0.0', intervalMs: 30_000, graceMs: null, labels: {} };
const dating = { sentAt: 1_800_000_000_000, clockOffset: undefined };
const up: Word = { kind: 'up' };

describe('a heartbeat', () => {
  it('says the least of a bare agent', () => {
    expect(heartbeatOf(manner, {}, up, dating)).toEqual({
      sentAt: 1_800_000_000_000,
      interval: 30,
      agent: { version: '1.0.0', kind: 'host' },
      status: 'up',
    });
  });

  it('says all that is known', () => {
    const facts = { bootId: 'b', host: { os: 'linux' } };
    const all = { ...manner, graceMs: 90_500, labels: { env: 'prod' } };
    expect(heartbeatOf(all, facts, up, { ...dating, clockOffset: -70_000 })).toEqual({
      sentAt: 1_800_000_000_000,
      bootId: 'b',
      interval: 30,
      grace: 90.5,
      agent: { version: '1.0.0', kind: 'host' },
      labels: { env: 'prod' },
      status: 'up',
      clockOffset: -70_000,
      host: { os: 'linux' },
    });
  });

  it.each<[string, Word, object]>([
    [
      'of its own',
      { kind: 'goodbye', by: 'agent', expectBackWithinMs: 300_000 },
      { status: 'stopping', expectBackWithin: 300 },
    ],
    [
      'of an operator',
      { kind: 'goodbye', by: 'operator', expectBackWithinMs: 600_000 },
      { status: 'stopping', by: 'operator', expectBackWithin: 600 },
    ],
    ['for good', { kind: 'goodbye', by: 'operator', expectBackWithinMs: null }, { status: 'stopping', by: 'operator' }],
  ])('is a goodbye %s', (_what, word, fields) => {
    const { sentAt, interval, agent, ...rest } = heartbeatOf(manner, {}, word, dating);
    expect(rest).toEqual(fields);
  });

  it.each([
    ['many', 1000, 10],
    ['long', 200, 3000],
  ])('with %s filesystems keeps the fullest that the API takes', (_what, count, length) => {
    const filesystems = Array.from({ length: count }, (_, index) => ({
      path: `/${'x'.repeat(length)}${index}`,
      size: 100,
      used: 1,
      free: 99,
      percent: index % 100,
    }));
    const body = encodeHeartbeat(heartbeatOf(manner, { host: { filesystems } }, up, dating));
    expect(body.length).toBeLessThanOrEqual(maxHeartbeatBytes);
    const kept = heartbeatSchema.parse(JSON.parse(body.toString())).host?.filesystems ?? [];
    expect(kept.length).toBeGreaterThan(10);
    expect(Math.max(...kept.map((filesystem) => filesystem.percent))).toBe(99);
    expect(Math.min(...kept.map((filesystem) => filesystem.percent))).toBeGreaterThan(70);
  });

  it('with a few filesystems keeps all as they are', () => {
    const filesystems = [{ path: '/', size: 1, used: 1, free: 0, percent: 100 }];
    const heartbeat = heartbeatOf(manner, { host: { filesystems } }, up, dating);
    expect(JSON.parse(encodeHeartbeat(heartbeat).toString())).toEqual(heartbeat);
  });
});
