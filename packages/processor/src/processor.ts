/** The loop of one partition's leader: look at what is due, sleep until the next thing is. */

import type { Thresholds } from '@healthapp/shared/domain/detect';
import { type ClockReading, readClock } from '@healthapp/shared/redis/clock';
import { nextDue } from '@healthapp/shared/redis/due';
import { notePass } from '@healthapp/shared/redis/leadership';
import { nextNotificationAt } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { detect, moveToOngoing } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createSender } from './send.ts';
import type { Wake } from './wake.ts';

export interface ProcessorOptions {
  readonly partition: Partition;
  readonly receivers: readonly Receiver[];
  readonly thresholds: Thresholds;
  /** The longest time between two passes, and after which an alert that stands is ongoing; ms. */
  readonly intervalMs: number;
  readonly publicUrl: string | null;
  readonly wake: Wake;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** While nobody ticks, the observed clock stands: a deadline that seems near is looked at this often. */
const shortestSleepMs = 25;
const pauseAfterFaultMs = 500;
/** What is being sent when leadership ends may take this long to come to its end. */
const lastSendsMs = 1000;

/** Leads until the leadership's signal aborts. */
export async function process(options: ProcessorOptions, leadership: Leadership): Promise<void> {
  const { partition, receivers, wake, logger } = options;
  const sender = createSender({ ...options, leadership, onSettled: wake.ring });
  const detecting = { ...options, leadership, becomesOngoingAfterMs: options.intervalMs };
  const telling = { partition, leadership, receivers };
  const told = receivers.map(({ name, kind }) => ({ name, kind }));
  let lastFault = '';

  async function pass(): Promise<ClockReading> {
    const clock = await readClock(partition);
    await detect(detecting, clock);
    await moveToOngoing(detecting, clock);
    await fanOut(telling);
    await remind(telling, clock.now);
    const { now } = await readClock(partition);
    await sender.sendDue(now);
    if (!(await notePass(partition, leadership.epoch, told))) throw new LeadershipLost();
    return clock;
  }

  async function sleepLength(clock: ClockReading): Promise<number> {
    const [due, notification] = await Promise.all([
      nextDue(partition),
      nextNotificationAt(
        partition,
        receivers.map((receiver) => receiver.name),
      ),
    ]);
    if (due.now) return 0;
    const lengths = [options.intervalMs];
    if (due.deadline !== null) lengths.push(due.deadline - clock.observed);
    if (due.step !== null) lengths.push(due.step - clock.now);
    if (notification !== null) lengths.push(notification - clock.now);
    return Math.max(shortestSleepMs, Math.min(...lengths));
  }

  while (!leadership.signal.aborted) {
    const rung = wake.listen();
    let sleepMs = pauseAfterFaultMs;
    try {
      const clock = await pass();
      sleepMs = await sleepLength(clock);
      lastFault = '';
    } catch (error) {
      if (error instanceof LeadershipLost) break;
      const fault = errorText(error);
      if (fault !== lastFault) logger.error('a pass failed; what it left undone comes next', { error });
      lastFault = fault;
    }
    if (sleepMs > 0) await rung.within(sleepMs, leadership.signal);
  }

  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    sender.idle(),
    new Promise((resolve) => {
      timer = setTimeout(resolve, lastSendsMs);
    }),
  ]);
  clearTimeout(timer);
}
