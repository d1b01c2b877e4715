/** Lets invented servers report. */
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Actor } from './actors.ts';
import { absenceAt } from './fate.ts';
import { type Sending, sendHeartbeat } from './heartbeats.ts';

/** Seconds: short, so that a death is seen while one watches. */
const intervalS = 15;
export const graceS = 45;

export interface ReportingOptions extends Sending {
  readonly fleet: readonly Actor[];
  /** When the demonstration began, ms since 1970. */
  readonly begins: number;
  readonly logger: Logger;
}

export interface Reporting extends Closable {
  /** Resolves once each server has reported for the first time. */
  readonly begun: Promise<void>;
}

export function startReporting({ fleet, begins, logger, ...sending }: ReportingOptions): Reporting {
  const closing = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const reports = new Set<Promise<void>>();
  let lastFault = '';

  function live(actor: Actor, index: number): Promise<void> {
    const { name } = actor.server;
    let saidGoodbye = false;

    async function report(first: boolean): Promise<void> {
      const clock = Date.now();
      const at = clock - begins;
      const absence = first ? null : absenceAt(actor.fate, at);
      if (absence?.kind === 'down' || (absence !== null && saidGoodbye)) return;
      saidGoodbye = absence !== null;
      const goodbye =
        absence === null
          ? {}
          : { status: 'stopping', by: 'operator', expectBackWithin: Math.ceil((absence.to - at) / 1000) + graceS };
      try {
        const facts = { ...actor.factsAt(at, clock), ...goodbye };
        const body = { sentAt: Date.now(), interval: intervalS, grace: graceS, ...facts };
        await sendHeartbeat(sending, name, body, closing.signal);
      } catch (error) {
        const fault = errorText(error);
        if (!closing.signal.aborted && fault !== lastFault) logger.warn('a heartbeat was not taken', { fault });
        lastFault = fault;
      }
    }
    // One at a time, since of two under way the later one may come first, and the other is then refused as a replay.
    let underWay: Promise<void> | null = null;
    const next = (first: boolean) => {
      underWay ??= report(first).finally(() => {
        underWay = null;
      });
      return underWay;
    };
    const beat = () => {
      const done = next(false);
      reports.add(done);
      void done.finally(() => reports.delete(done));
    };
    // Spread over the interval, as a fleet's are.
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        beat();
        timers.add(setInterval(beat, intervalS * 1000));
      },
      intervalS * 1000 * (1 + index / fleet.length),
    );
    timers.add(timer);
    return next(true);
  }

  async function begin(): Promise<void> {
    const most = 50;
    for (let at = 0; at < fleet.length && !closing.signal.aborted; at += most) {
      await Promise.all(fleet.slice(at, at + most).map((actor, index) => live(actor, at + index)));
    }
  }

  return {
    begun: begin(),
    async close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(reports);
    },
  };
}
