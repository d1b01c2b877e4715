import { describe, expect, it } from 'vitest';
import {
  afterAcceptance,
  afterReplayRefusal,
  afterSending,
  afterTimeRefusal,
  type CorrectedClock,
  nextSentAt,
  reportedOffset,
  uncorrectedClock,
} from './corrected-clock.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;

function offsetOf(clock: CorrectedClock, local: number): number | undefined {
  return reportedOffset(clock, nextSentAt(clock, local), local);
}

describe('the date of a heartbeat', () => {
  it("is this machine's when nothing is known to be wrong", () => {
    expect(nextSentAt(uncorrectedClock, now)).toBe(now);
    expect(offsetOf(uncorrectedClock, now)).toBeUndefined();
  });

  it('grows although two are sent in the same millisecond, which is no correction', () => {
    const clock = afterSending(uncorrectedClock, now);
    expect(nextSentAt(clock, now)).toBe(now + 1);
    expect(offsetOf(clock, now)).toBeUndefined();
  });

  it("grows although this machine's clock was set back a little", () => {
    expect(nextSentAt(afterSending(uncorrectedClock, now), now - 2000)).toBe(now + 1);
  });

  it.each([hour, -hour])('is by the API’s clock once it has refused for the time (%d ms off)', (wrongBy) => {
    const local = now + wrongBy;
    const clock = afterTimeRefusal(now, local);
    expect(nextSentAt(clock, local)).toBe(now);
    expect(offsetOf(clock, local)).toBe(-wrongBy);
  });

  it('is not kept in the future by heartbeats that nobody can have accepted', () => {
    const sent = afterSending(uncorrectedClock, now + hour);
    expect(nextSentAt(sent, now + hour + 10)).toBe(now + hour + 10);
    expect(nextSentAt(afterTimeRefusal(now, now + hour), now + hour)).toBe(now);
  });

  it('is above what the API says it has accepted, and reported while that is far away', () => {
    const clock = afterReplayRefusal(uncorrectedClock, now + 200_000);
    expect(nextSentAt(clock, now)).toBe(now + 200_001);
    expect(offsetOf(clock, now)).toBe(200_001);
    expect(offsetOf(clock, now + 300_000)).toBeUndefined();
  });

  it.each([100_000, -100_000])('is corrected when an acceptance shows a difference (%d ms)', (wrongBy) => {
    const local = now + wrongBy;
    const clock = afterAcceptance(uncorrectedClock, local, now, local);
    expect(clock).toEqual({ offsetMs: -wrongBy, floor: local });
    expect(offsetOf(clock, local + 30_000)).toBe(-wrongBy);
  });

  it.each([4000, -4000])('is not corrected for what may be the network (%d ms)', (difference) => {
    expect(afterAcceptance(uncorrectedClock, now, now + difference, now).offsetMs).toBe(0);
  });

  it('keeps a correction steady while it is about right', () => {
    const clock: CorrectedClock = { offsetMs: hour, floor: 0 };
    expect(afterAcceptance(clock, now, now + hour + 40, now).offsetMs).toBe(hour);
  });

  it('is no longer corrected once the clock was put right', () => {
    const clock: CorrectedClock = { offsetMs: hour, floor: 0 };
    expect(afterAcceptance(clock, now, now + 10, now).offsetMs).toBe(0);
  });
});
