import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { lineFor, type Outage } from './outage-log.ts';
import type { Outcome } from './outcome.ts';
import { nextDelay } from './pace.ts';

export interface LoopOptions {
  /** Sends one fresh heartbeat; never rejects. */
  readonly report: (signal: AbortSignal) => Promise<Outcome>;
  readonly intervalMs: number;
  readonly logger: Logger;
  /** Whether the line of every success is left out. */
  readonly hushLogs: boolean;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Reports at once and then at the pace of `nextDelay`, until it is closed; `close` cuts a running try short. */
export function startLoop({ report, intervalMs, logger, hushLogs, now, random }: LoopOptions): Closable {
  const abort = new AbortController();
  let outage: Outage | null = null;
  let wake: () => void = () => {};

  function log(outcome: Outcome): void {
    const usual = outcome.kind === 'accepted' && outage === null;
    const { line, outage: standing } = lineFor(outage, outcome, now());
    outage = standing;
    if (line !== null && !(usual && hushLogs)) logger[line.level](line.message, line.fields);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      const begun = now();
      const outcome = await report(abort.signal);
      if (abort.signal.aborted) return;
      log(outcome);
      const delay = nextDelay(outcome, outage?.failures ?? 0, intervalMs, random());
      // Counted from the beginning of a success, so that the API's slowness does not add to the interval.
      const spent = outcome.kind === 'accepted' ? now() - begun : 0;
      await pause(Math.max(0, delay - spent));
    }
  }

  const running = run();
  return {
    async close() {
      abort.abort();
      wake();
      await running;
    },
  };
}
