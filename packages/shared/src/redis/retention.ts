/** What is over goes after a time: alerts with all that belongs to them, and what operators did. */
import type { Partition } from './partition.ts';

/** Records deleted in one script call: a few ms of Redis' time. */
const mostPerCall = 500;
/** Alerts looked at in one script call for their old reminders, and reminders of each. */
const alertsPerCall = 20;
const remindersPerCall = 100;

/** What was told of an event is kept as long as its record (`fan-out.lua`), ms. */
const eventsKeptMs = 7 * 24 * 60 * 60 * 1000;

/** `more`: there is more to delete. */
export type Expired = 'done' | 'more' | 'lost';

/** Deletes some of the alerts that closed before a moment, and of what was told of events. Times are ms since 1970. */
export async function expireAlerts(
  partition: Partition,
  epoch: string,
  closedBefore: number,
  now: number,
): Promise<Expired> {
  const answer = await partition.run('expireAlerts', [epoch, closedBefore, mostPerCall, now - eventsKeptMs]);
  return answer === 1 ? 'more' : answer === 0 ? 'done' : 'lost';
}

/** Deletes some of the reminders from before a moment, ms since 1970, of alerts that opened before it and stand still. */
export async function expireReminders(partition: Partition, epoch: string, before: number): Promise<Expired> {
  const { keys, redis } = partition;
  const ids = await redis.zrangebyscore(keys.openAlerts, '-inf', `(${before}`);
  let isMore = false;
  for (let at = 0; at < ids.length; at += alertsPerCall) {
    const some = ids.slice(at, at + alertsPerCall);
    const deleted = await partition.run('expireReminders', [epoch, before, remindersPerCall, ...some]);
    if (deleted === -1) return 'lost';
    isMore ||= (deleted as number) > remindersPerCall / 2;
  }
  return isMore ? 'more' : 'done';
}
