import { describe, expect, it } from 'vitest';
import { lineFor, type Outage } from './outage-log.ts';
import type { Outcome } from './outcome.ts';

const accepted: Outcome = { kind: 'accepted', serverTime: 1, dueAt: 2 };
const down: Outcome = { kind: 'failed', cause: 'ECONNREFUSED', reason: 'nothing listens', retryAfterMs: null };
const late: Outcome = { kind: 'failed', cause: 'no-answer', reason: 'no answer', retryAfterMs: null };
const revoked: Outcome = { kind: 'refused', cause: 'http-403', reason: 'revoked' };
const second = 1000;
const minute = 60 * second;

/** The lines for outcomes that come every `stepMs`. */
function linesFor(outcomes: readonly Outcome[], stepMs: number): string[] {
  const lines: string[] = [];
  let outage: Outage | null = null;
  let now = 0;
  for (const outcome of outcomes) {
    const result = lineFor(outage, outcome, now);
    if (result.line !== null) lines.push(`${now / second} ${result.line.level}: ${result.line.message}`);
    outage = result.outage;
    now += stepMs;
  }
  return lines;
}

function times<T>(count: number, ...values: T[]): T[] {
  return Array.from({ length: count }, () => values).flat();
}

describe('the log of an outage', () => {
  it('tells the first failure and the recovery', () => {
    expect(linesFor([accepted, down, down, down, accepted, accepted], 10 * second)).toEqual([
      '0 info: heartbeat accepted',
      '10 warn: heartbeat failed: nothing listens',
      '40 info: heartbeats are accepted again, after 3 failures in 30 s',
      '50 info: heartbeat accepted',
    ]);
  });

  it('reminds every 10 minutes with the count', () => {
    expect(linesFor(times(61, down), 20 * second)).toEqual([
      '0 warn: heartbeat failed: nothing listens',
      '600 warn: still no heartbeat accepted, 31 failures in 10 min: nothing listens',
      '1200 warn: still no heartbeat accepted, 61 failures in 20 min: nothing listens',
    ]);
  });

  it('tells a new cause, but not two that take turns', () => {
    expect(linesFor([...times(20, down, late), revoked], second)).toEqual([
      '0 warn: heartbeat failed: nothing listens',
      '1 warn: heartbeat failed, now: no answer',
      '40 warn: heartbeat refused, now: revoked',
    ]);
  });

  it('tells a single failure as one', () => {
    expect(linesFor([down, accepted], minute).at(-1)).toBe(
      '60 info: heartbeats are accepted again, after 1 failure in 1 min',
    );
  });
});
