/** What is over goes after a time: alerts with all that belongs to them, and what operators did. */
import type { Partition } from './partition.ts';

/** Records deleted in one script call: a few ms of Redis' time. */
const mostPerCall = 500;

/** Deletes some of the alerts that closed before a moment, ms since 1970. `more`: there is more to delete. */
export async function expireAlerts(
  partition: Partition,
  epoch: string,
  closedBefore: number,
): Promise<'done' | 'more' | 'lost'> {
  const answer = await partition.run('expireAlerts', [epoch, closedBefore, mostPerCall]);
  return answer === 1 ? 'more' : answer === 0 ? 'done' : 'lost';
}
