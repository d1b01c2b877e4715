/**
 * The clock that heartbeats are dated by: this machine's, corrected by what the API says of its own,
 * so that a server whose clock is wrong still counts as alive. Pure; all times are ms since 1970.
 */
export interface CorrectedClock {
  /** What is added to this machine's clock. */
  readonly offsetMs: number;
  /** No heartbeat at or below it is sent: the API has, or may have, accepted one dated so. 0: none yet. */
  readonly floor: number;
}

export const uncorrectedClock: CorrectedClock = { offsetMs: 0, floor: 0 };

/** Below it a difference may be the network's, and is not corrected. */
const toleranceMs = 5000;

/** `floor` moves the date of a heartbeat by a few ms when two are sent at once; that is no correction. */
const noticeableMs = 1000;

/** `sentAt` of the next heartbeat: by the corrected clock, and above the floor. */
export function nextSentAt(clock: CorrectedClock, local: number): number {
  return Math.max(clock.floor + 1, correctedTime(clock, local));
}

export function correctedTime(clock: CorrectedClock, local: number): number {
  return Math.round(local + clock.offsetMs);
}

/** What the heartbeat dated `sentAt` was corrected by, ms, or undefined when it was not. */
export function reportedOffset(clock: CorrectedClock, sentAt: number, local: number): number | undefined {
  if (clock.offsetMs !== 0) return Math.round(clock.offsetMs);
  const moved = Math.round(sentAt - local);
  return moved >= noticeableMs ? moved : undefined;
}

/** After a heartbeat was sent and nothing, or nothing of its date, was heard: it may have been accepted. */
export function afterSending(clock: CorrectedClock, sentAt: number): CorrectedClock {
  return { ...clock, floor: sentAt };
}

/**
 * After an acceptance: a clock that is wrong by less than what the API refuses is corrected too, and
 * a correction ends when this machine's clock has been put right meanwhile.
 * @param local this machine's clock at the middle of the exchange.
 */
export function afterAcceptance(
  clock: CorrectedClock,
  sentAt: number,
  serverTime: number,
  local: number,
): CorrectedClock {
  const measured = serverTime - local;
  if (Math.abs(measured) <= toleranceMs) return { offsetMs: 0, floor: sentAt };
  if (Math.abs(measured - clock.offsetMs) <= toleranceMs) return { ...clock, floor: sentAt };
  return { offsetMs: measured, floor: sentAt };
}

/**
 * After a 401 for the time. The floor falls: it may lie far in the future, from heartbeats that
 * nobody can have accepted. If one was accepted after all, a 409 names its date.
 */
export function afterTimeRefusal(serverTime: number, local: number): CorrectedClock {
  return { offsetMs: serverTime - local, floor: 0 };
}

/** After a 409: the API has accepted a heartbeat dated `lastSentAt`. */
export function afterReplayRefusal(clock: CorrectedClock, lastSentAt: number): CorrectedClock {
  return { ...clock, floor: lastSentAt };
}
