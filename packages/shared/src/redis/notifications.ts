import type { Notification, NotificationEvent, NotificationState, Receipt, ToldAlert } from '../domain/notification.ts';
import { deliveryWindowMs } from '../domain/notification.ts';
import { toldBecauseText } from '../domain/route.ts';
import type { FailureReason } from '../runtime/errors.ts';
import { alertFrom, type TransitionRecord } from './alerts.ts';
import type { Partition } from './partition.ts';
import { type Position, positionsBehind } from './positions.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

/** How long a claim on a notification holds without being renewed, ms: a crash repeats it after this. */
export const claimLeaseMs = 10_000;

/** Who is told of one transition. */
export interface FannedOut {
  readonly transition: TransitionRecord;
  readonly to: readonly {
    readonly id: string;
    readonly receiver: string;
    readonly remindEveryMs: number | null;
    /** Why this one, in a few words. */
    readonly route: string;
  }[];
}

/** @returns false when the epoch is not current any more. */
export async function fanOut(partition: Partition, epoch: string, fanned: readonly FannedOut[]): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const { transition, to } of fanned) {
    args.push(transition.streamId, transition.alertId, transition.event, to.length);
    for (const told of to) args.push(told.id, told.receiver, told.remindEveryMs ?? '', told.route);
  }
  return (await partition.run('fanOut', args)) === 1;
}

/** Whether an id is that of several notifications which became one message. */
export function isGroupId(id: string): boolean {
  return id.startsWith('group-');
}

/** Ids that one receiver is due to be sent, longest due first. */
export function dueNotifications(
  partition: Partition,
  receiver: string,
  now: number,
  count: number,
): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.due(receiver), '-inf', now, 'LIMIT', 0, count);
}

export type Claim =
  | {
      readonly kind: 'claimed';
      readonly attempt: number;
      readonly event: NotificationEvent;
      readonly number: number;
      /** What it is about; those whose record cannot be read are left out. */
      readonly alerts: readonly ToldAlert[];
    }
  /** It waited for longer than a message is of use. */
  | { readonly kind: 'expired'; readonly attempt: number }
  /** It is another's, or was settled meanwhile. */
  | { readonly kind: 'later' }
  /** The epoch is not current any more. */
  | { readonly kind: 'lost' };

/** @param id a notification's, or a group's. */
export async function claimNotification(
  partition: Partition,
  epoch: string,
  id: string,
  receiver: string,
): Promise<Claim> {
  const answer = await partition.run('claimNotification', [epoch, id, receiver, claimLeaseMs, deliveryWindowMs]);
  const [kind, attempt, event, number, ...told] = answer as [
    Claim['kind'],
    number,
    NotificationEvent,
    number,
    ...(string | number)[],
  ];
  if (kind === 'expired') return { kind, attempt };
  if (kind !== 'claimed') return { kind };
  const alerts: ToldAlert[] = [];
  for (let at = 0; at < told.length; at += 5) {
    const [text, root, receipt, rootSize, because] = told.slice(at, at + 5) as [string, string, string, number, string];
    const alert = alertFrom(text);
    if (alert === null) continue;
    const unrouted = because === toldBecauseText({ kind: 'unrouted' });
    alerts.push({ alert, root, receipt: receipt === '' ? null : receipt, rootSize, ...(unrouted ? { unrouted } : {}) });
  }
  return { kind, attempt, event, number, alerts };
}

/** Decides which of these become one message. @returns false when the epoch is not current any more. */
export async function formGroups(
  partition: Partition,
  epoch: string,
  receiver: string,
  windowMs: number,
  token: string,
  ids: readonly string[],
): Promise<boolean> {
  return (await partition.run('formGroups', [epoch, receiver, windowMs, token, ...ids])) === 1;
}

/**
 * Of mails about alerts that opened, which may go now: of one error, a receiver gets one within the cooldown.
 * @param mails what each is about, and its notification. @returns until when each is to wait, ms since 1970, null for
 * none; undefined when the epoch is not current any more.
 */
export async function reserveMails(
  partition: Partition,
  epoch: string,
  receiver: string,
  cooldownMs: number,
  mails: readonly { readonly about: string; readonly id: string }[],
): Promise<(number | null)[] | undefined> {
  const each = mails.flatMap(({ about, id }) => [about, id]);
  const times = (await partition.run('reserveMail', [epoch, cooldownMs, receiver, ...each])) as number[] | null;
  return times?.map((until) => (until === 0 ? null : until));
}

/** @returns false when the claim is another's by now. */
export async function renewClaim(
  partition: Partition,
  epoch: string,
  id: string,
  receiver: string,
  attempt: number,
): Promise<boolean> {
  return (await partition.run('renewClaim', [epoch, id, receiver, attempt, claimLeaseMs])) === 1;
}

/** `words`: the receiver's own; `reason`: what they come to, by name. */
export type Settlement =
  | { readonly kind: 'accepted'; readonly receipt?: Receipt | null }
  | { readonly kind: 'retry'; readonly words: string; readonly reason: FailureReason; readonly pauseMs: number }
  | { readonly kind: 'refused'; readonly words: string; readonly reason: FailureReason }
  | { readonly kind: 'expired'; readonly words: string; readonly reason: 'too-old' };

/** What a receiver said is kept, but not at any length. */
const longestWords = 500;

/** @returns false when a later attempt was claimed meanwhile; then that one's outcome counts. */
export async function settleNotification(
  partition: Partition,
  id: string,
  receiver: string,
  attempt: number,
  settlement: Settlement,
): Promise<boolean> {
  const failed = settlement.kind !== 'accepted';
  const words = failed ? settlement.words.slice(0, longestWords) : '';
  const pause = settlement.kind === 'retry' ? settlement.pauseMs : 0;
  const reason = failed ? settlement.reason : '';
  const receipt = failed ? '' : (settlement.receipt ?? '');
  const args = [id, receiver, attempt, settlement.kind, words, pause, reason, receipt];
  return (await partition.run('settleNotification', args)) === 1;
}

/** Ids of what waits for a receiver and of what is held for it, in chunks; an id may come twice. */
export async function* undeliveredFor(
  { keys, redis }: Partition,
  receiver: string,
  chunk: number,
): AsyncGenerator<string[]> {
  for (const set of [keys.waitingFor(receiver), keys.held]) {
    let cursor = '0';
    do {
      const [next, pairs] = await redis.zscan(set, cursor, 'COUNT', chunk);
      cursor = next;
      const ids = pairs.filter((id, index) => index % 2 === 0 && (set !== keys.held || receiverOf(id) === receiver));
      for (let at = 0; at < ids.length; at += chunk) yield ids.slice(at, at + chunk);
    } while (cursor !== '0');
  }
}

/** Whom a notification with this id tells: the middle of `notificationId`. */
function receiverOf(id: string): string | undefined {
  return id.split('.')[1];
}

/** Ends what waits or is held for a receiver that is not configured any more. @returns false when the epoch is not current any more. */
export async function expireFor(
  partition: Partition,
  epoch: string,
  receiver: string,
  ids: readonly string[],
): Promise<boolean> {
  return (await partition.run('expireReceiver', [epoch, receiver, ...ids])) === 1;
}

/** When the next notification of any of these receivers is due, ms since 1970; null for none. */
export async function nextNotificationAt(partition: Partition, receivers: readonly string[]): Promise<number | null> {
  const pipeline = partition.redis.pipeline();
  for (const receiver of receivers) pipeline.zrange(partition.keys.due(receiver), '0', '0', 'WITHSCORES');
  const answers = (await pipelineAnswers(pipeline.exec())) as string[][];
  const scores = answers.flatMap((answer) => (answer[1] === undefined ? [] : [Number(answer[1])]));
  return scores.length === 0 ? null : Math.min(...scores);
}

export interface WaitingNotifications {
  readonly count: number;
  readonly oldestAt: number | null;
}

/** What waits to be sent, to all receivers. */
export function waitingNotifications(partition: Partition): Promise<WaitingNotifications> {
  return countWaiting(partition, partition.keys.waiting);
}

/** What waits to be sent to one receiver. */
export function waitingFor(partition: Partition, receiver: string): Promise<WaitingNotifications> {
  return countWaiting(partition, partition.keys.waitingFor(receiver));
}

async function countWaiting({ redis }: Partition, waiting: string): Promise<WaitingNotifications> {
  const [count, oldest] = (await pipelineAnswers(
    redis.pipeline().zcard(waiting).zrange(waiting, '0', '0', 'WITHSCORES').exec(),
  )) as [number, string[]];
  return { count, oldestAt: oldest[1] === undefined ? null : Number(oldest[1]) };
}

/** Ids of an alert's notifications, in the order in which they were decided, for several alerts. */
export async function notificationIdsOf(partition: Partition, alertIds: readonly string[]): Promise<string[][]> {
  const pipeline = partition.redis.pipeline();
  for (const id of alertIds) pipeline.lrange(partition.keys.notificationsOf(id), 0, -1);
  return (await pipelineAnswers(pipeline.exec())) as string[][];
}

/** Up to `count` ids by when they were decided, newest first, behind `after`. */
export function latestNotifications(partition: Partition, after: Position | null, count: number): Promise<Position[]> {
  return positionsBehind(partition.redis, partition.keys.notifications, after, count);
}

export async function loadNotifications(partition: Partition, ids: readonly string[]): Promise<Notification[]> {
  const pipeline = partition.redis.pipeline();
  for (const id of ids) pipeline.hgetall(partition.keys.notification(id));
  const answers = (await pipelineAnswers(pipeline.exec())) as Record<string, string>[];
  return ids.flatMap((id, index) => {
    const fields = answers[index] ?? {};
    return fields.alertId === undefined ? [] : [notificationOf(id, fields)];
  });
}

function notificationOf(id: string, fields: Record<string, string>): Notification {
  const time = (value: string | undefined) => (value === undefined || value === '' ? null : Number(value));
  return {
    id,
    alertId: fields.alertId ?? '',
    receiver: fields.receiver ?? '',
    event: (fields.event ?? 'created') as NotificationEvent,
    number: Number(fields.number ?? 0),
    state: (fields.state ?? 'waiting') as NotificationState,
    heldBecause: fields.heldBecause ?? null,
    createdAt: Number(fields.createdAt ?? 0),
    attempts: Number(fields.attempts ?? 0),
    nextAttemptAt: time(fields.nextAttemptAt),
    acceptedAt: time(fields.acceptedAt),
    lastError: fields.lastError ?? null,
    group: fields.group ?? null,
    route: fields.route ?? null,
  };
}
