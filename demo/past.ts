/** Writes 30 days of an invented fleet's past, through the store that heartbeats are kept by. */
import { historyValues, type RecordedFacts } from '@healthapp/shared/domain/history';
import { appendHistory, type HistoryMinute, ownTable } from '@healthapp/shared/redis/history';
import type { Partition } from '@healthapp/shared/redis/partition';
import { expectServer } from '@healthapp/shared/redis/servers';
import { absenceAt, type Fate, pastMs } from './fate.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Who has a past: a server of the fleet, or an app. */
export interface Remembered {
  readonly server: { readonly name: string };
  readonly fate: Fate;
  factsAt(at: number, clock: number): RecordedFacts;
}

/** How far apart samples are: at least one for each point of a chart of that range. */
function stepBefore(beginsMs: number): number {
  if (beginsMs <= dayMs) return 4 * minuteMs;
  return beginsMs <= 7 * dayMs ? 30 * minuteMs : 120 * minuteMs;
}

/** Servers whose past is written at the same time: while Redis writes one, others are invented. */
const atOnce = 8;
/** A server that reports within this is none that never did. */
const expectedWithinMs = 10 * minuteMs;

/** @param begins when the demonstration begins, ms since 1970; the past ends in that minute. */
export async function writePast(
  partition: Partition,
  fleet: readonly Remembered[],
  begins: number,
  signal: AbortSignal,
): Promise<void> {
  const left = [...fleet];
  async function writeNext(): Promise<void> {
    for (let actor = left.pop(); actor !== undefined; actor = left.pop()) {
      signal.throwIfAborted();
      await expectServer(partition, actor.server.name, expectedWithinMs, fleet.length);
      await appendHistory(partition, ownTable(actor.server.name), pastMs, minutesOf(actor, begins));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, writeNext));
}

/** Minutes in which it was heard; each says what the ones left out before it were. */
function minutesOf({ fate, factsAt }: Remembered, begins: number): HistoryMinute[] {
  const heard = new Map<number, HistoryMinute['skipped']>();
  const note = (at: number, skipped: HistoryMinute['skipped']) =>
    heard.set(Math.floor((begins + at) / minuteMs), skipped);
  for (let at = -pastMs; at < 0; at += stepBefore(-at)) {
    if (absenceAt(fate, at) === null) note(at, 'up');
  }
  for (const { from, to, kind } of fate.absences) {
    if (from <= -pastMs || to >= 0) continue;
    note(from - minuteMs, 'up');
    note(to, kind);
  }
  note(0, 'up');
  return [...heard]
    .sort(([one], [other]) => one - other)
    .map(([minute, skipped]) => {
      const clock = minute * minuteMs;
      return { at: clock, state: 'up', skipped, values: historyValues(factsAt(clock - begins, clock)) };
    });
}

/** The minutes that writing the past took: all were up. @param begins the present, ms since 1970. */
export async function catchUp(partition: Partition, fleet: readonly Remembered[], begins: number): Promise<void> {
  const upToNow = ({ server, factsAt }: Remembered) =>
    appendHistory(partition, ownTable(server.name), pastMs, [
      { at: begins, state: 'up', skipped: 'up', values: historyValues(factsAt(0, begins)) },
    ]);
  await Promise.all(fleet.map(upToNow));
}

/** Servers whose past was written have reported since then, not since now. */
export async function backdate(partition: Partition, fleet: readonly Remembered[], begins: number): Promise<void> {
  const pipeline = partition.redis.pipeline();
  for (const { server } of fleet) pipeline.hset(partition.keys.server(server.name), 'firstAt', begins - pastMs);
  await pipeline.exec();
}
