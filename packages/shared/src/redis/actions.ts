/** What is to be done about alerts, and who does it: claims, cooldowns, outcomes. */
import type { Cooldowns } from '../config/config.ts';
import type { Alert } from '../domain/alert.ts';
import { type AlertAction, actionClaimMs, nextActionAt } from '../domain/alert-action.ts';
import type { Partition } from './partition.ts';

/** Ids of alerts with an action that is to be looked at by `now`, ms since 1970. */
export function alertsToActOn(partition: Partition, now: number, count: number): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.actions, '-inf', now, 'LIMIT', 0, count);
}

/** There is nothing to do about it any more. */
export async function nothingToDo(partition: Partition, alertId: string): Promise<void> {
  await partition.redis.zrem(partition.keys.actions, alertId);
}

export type ActionClaim =
  /** `at`: by Redis' clock, ms since 1970. */
  | { readonly kind: 'claimed'; readonly at: number }
  /** The same was done `at`; `dyno`: to which, null: to the whole app. */
  | { readonly kind: 'cooling-down'; readonly at: number; readonly dyno: string | null }
  /** Somebody else changed the alert in between: read it again. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'lost' };

/** @param claimed the alert with the action claimed. @param now ms since 1970. */
export async function claimAction(
  partition: Partition,
  epoch: string,
  was: Alert,
  claimed: Alert,
  { dyno }: Pick<AlertAction, 'dyno'>,
  cooldowns: Pick<Cooldowns, 'restartDynoMs' | 'restartAppMs'>,
  now: number,
): Promise<ActionClaim> {
  const { restartDynoMs, restartAppMs } = cooldowns;
  const [answer, at, other] = (await partition.run('claimAction', [
    epoch,
    was.id,
    was.version,
    JSON.stringify(claimed),
    now + actionClaimMs,
    was.server ?? '',
    dyno ?? '',
    dyno === null ? restartAppMs : restartDynoMs,
    Math.max(restartDynoMs, restartAppMs, 1000),
  ])) as [number, number | undefined, string | undefined];
  switch (answer) {
    case 1:
      return { kind: 'claimed', at: at ?? now };
    case 2:
      return { kind: 'cooling-down', at: Number(at), dyno: other === '' ? null : (other ?? null) };
    case 0:
      return { kind: 'changed' };
    default:
      return { kind: 'lost' };
  }
}

/**
 * @param settled the alert with the action as it ended. @param claimedAt of what was surely not done: when it was
 * claimed, so that it cools nothing down; else null. @returns false when somebody else changed the alert in between.
 */
export async function settleAction(
  partition: Partition,
  was: Alert,
  settled: Alert,
  action: AlertAction,
  claimedAt: number | null,
): Promise<boolean> {
  const answer = await partition.run('settleAction', [
    was.id,
    was.version,
    JSON.stringify(settled),
    nextActionAt(settled.actions ?? [], action.at) ?? '',
    action.kind,
    action.state,
    was.server ?? '',
    action.dyno ?? '',
    claimedAt ?? '',
  ]);
  return answer === 1;
}
