/** The loop of one partition's leader: look at what is due, sleep until the next thing is. */

import type { Cooldowns } from '@healthapp/shared/config/config';
import type { BlindnessSettings } from '@healthapp/shared/domain/blindness';
import type { Thresholds } from '@healthapp/shared/domain/detect';
import type { FlappingSettings } from '@healthapp/shared/domain/flapping';
import type { MassSilenceSettings } from '@healthapp/shared/domain/mass-silence';
import type { Route } from '@healthapp/shared/domain/route';
import { activeSilences } from '@healthapp/shared/domain/silence';
import { type ClockReading, isBlind, readClock } from '@healthapp/shared/redis/clock';
import type { Continuity } from '@healthapp/shared/redis/continuity';
import { nextDue } from '@healthapp/shared/redis/due';
import { askHeldAgain } from '@healthapp/shared/redis/held-notifications';
import { notePass, noteRouting, readLeadership } from '@healthapp/shared/redis/leadership';
import { readMassSilence } from '@healthapp/shared/redis/mass-silence';
import { nextNotificationAt } from '@healthapp/shared/redis/notifications';
import type { Partition, Partitions } from '@healthapp/shared/redis/partition';
import type { ConfiguredRules } from '@healthapp/shared/redis/rules';
import { allSilences } from '@healthapp/shared/redis/silences';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { occurrences } from '@healthapp/shared/schedule/recurrence';
import { createActor } from './act.ts';
import type { Deadman } from './deadman.ts';
import { detect, moveToOngoing } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { judgeFleet } from './fleet.ts';
import { askAboutHeld } from './holds.ts';
import { createHousekeeping, type RetentionSettings } from './housekeeping.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Memory } from './memory.ts';
import type { Receiver, Restarts } from './ports.ts';
import { quietTimes } from './quiet-times.ts';
import { expireForRemoved } from './removed-receivers.ts';
import { createSender } from './send.ts';
import { countPass, type Tally } from './tally.ts';
import type { Wake } from './wake.ts';

export interface ProcessorOptions {
  /** All of them: what holds for the whole fleet lies in the first. */
  readonly partitions: Partitions;
  /** The one that is led. */
  readonly partition: Partition;
  readonly receivers: readonly Receiver[];
  readonly routes: readonly Route[];
  /** Of the configuration; those that operators made are read with each pass. */
  readonly rules: ConfiguredRules;
  readonly restarts: Restarts | null;
  readonly cooldowns: Cooldowns;
  /** What this process has had done, of all its leaderships. */
  readonly sent: Set<string>;
  readonly thresholds: Thresholds;
  readonly flapping: FlappingSettings | null;
  readonly massSilence: MassSilenceSettings | null;
  readonly blindness: BlindnessSettings;
  readonly retention: RetentionSettings;
  readonly groupWindowMs: number;
  /** The longest time between two passes, and after which an alert that stands is ongoing; ms. */
  readonly intervalMs: number;
  readonly publicUrl: string | null;
  readonly timezone: string;
  readonly wake: Wake;
  readonly memory: Pick<Memory, 'noteTold' | 'putBack'>;
  readonly continuity: Pick<Continuity, 'check'>;
  readonly tally: Tally;
  /** Told of good passes by partition 0's leader; null: none is configured. */
  readonly deadman: Deadman | null;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** While nobody ticks, the observed clock stands: a deadline that seems near is looked at this often. */
const shortestSleepMs = 25;
/** While nobody ticks, time alone brings `monitor-blind`. */
const whileBlindMs = 2000;
const pauseAfterFaultMs = 500;
/** What is being sent when leadership ends may take this long to come to its end. */
const lastSendsMs = 1000;

/** Leads until the leadership's signal aborts. */
export async function leadPartition(options: ProcessorOptions, leadership: Leadership): Promise<void> {
  const { partition, partitions, receivers, wake, continuity, tally, logger } = options;
  const [first] = partitions;
  const sender = createSender({ ...options, leadership, onSettled: wake.ring });
  const { dryRun } = options.rules;
  const actor = createActor({ ...options, leadership, dryRun, onSettled: wake.ring });
  const detecting = { ...options, leadership, becomesOngoingAfterMs: options.intervalMs };
  const housekeeping = createHousekeeping({ ...options, leadership });
  const { routes } = options;
  const telling = { partition, leadership, receivers, routes };
  const names = receivers.map(({ name }) => name);
  const told = receivers.map(({ name, kind }) => ({ name, kind }));
  let lastFault = '';
  let routingNoted = false;
  /** The silences and the mass silence under which it was last asked what they hold. */
  let askedUnder = '';

  /** What could not be written is counted with the next pass. */
  async function note(begun: number): Promise<void> {
    if (!routingNoted) {
      await expireForRemoved(partition, leadership, names, logger);
      if (!(await noteRouting(partition, leadership.epoch, told, routes, options.rules))) throw new LeadershipLost();
    }
    routingNoted = true;
    countPass(tally, performance.now() - begun);
    const counted = tally.take();
    try {
      if (!(await notePass(partition, leadership.epoch, counted))) throw new LeadershipLost();
    } catch (error) {
      for (const [counter, by] of counted) tally.add(counter, by);
      throw error;
    }
  }

  /** All went well here; it counts only if every other partition is led as well. */
  async function reassure(): Promise<void> {
    const { deadman } = options;
    const now = performance.now();
    if (deadman === null || partition.index !== 0 || !deadman.isDue(now)) return;
    const others = await Promise.all(partitions.slice(1).map(readLeadership));
    if (others.every(({ leader }) => leader !== null)) deadman.call(now);
  }

  async function pass(): Promise<ClockReading> {
    // First of all: what Redis lost is put back before anything is judged without it.
    await continuity.check();
    const begun = performance.now();
    const clock = await readClock(partition);
    // Before the servers, so that a mass silence is known before the first alert that it holds.
    const massSilence = partition.index === 0 ? await judgeFleet(detecting, clock) : await readMassSilence(first);
    await detect(detecting, clock);
    await moveToOngoing(detecting, clock);
    await actor.actDue(clock.now);
    const silences = activeSilences(await allSilences(first), occurrences, clock.now);
    const holds = { silences, massSilence, quietUntil: quietTimes(routes, names, clock.now) };
    await fanOut(telling, holds);
    // Whoever ended a silence or a mass silence may have died before it asked; and so may the leader before this one.
    const heldBy = JSON.stringify([silences, massSilence]);
    if (heldBy !== askedUnder) await askHeldAgain(partition);
    askedUnder = heldBy;
    await askAboutHeld(partition, leadership, holds, clock.now);
    await remind(telling, holds, clock.now);
    const { now } = await readClock(partition);
    await sender.sendDue(now, holds);
    await housekeeping.run(now);
    await note(begun);
    await reassure();
    return clock;
  }

  async function sleepLength(clock: ClockReading): Promise<number> {
    const [due, notification] = await Promise.all([
      nextDue(partition, clock.observed),
      nextNotificationAt(partition, sender.receiversWithPlace()),
    ]);
    if (due.now) return 0;
    const lengths = [options.intervalMs, housekeeping.nextIn(clock.now)];
    if (due.late !== null && partition.index === 0) lengths.push(due.late - clock.observed);
    if (isBlind(clock)) lengths.push(whileBlindMs);
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
      tally.add('pass-failed');
      const fault = errorText(error);
      if (fault !== lastFault) logger.error('a pass failed; what it left undone comes next', { error });
      lastFault = fault;
    }
    if (sleepMs > 0) await rung.within(sleepMs, leadership.signal);
  }

  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    Promise.all([sender.idle(), actor.idle()]),
    new Promise((resolve) => {
      timer = setTimeout(resolve, lastSendsMs);
    }),
  ]);
  clearTimeout(timer);
}
