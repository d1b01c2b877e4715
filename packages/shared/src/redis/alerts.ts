import type { Alert } from '../domain/alert.ts';
import type { SeenApp } from '../domain/app-event.ts';
import type { ChangeHistory } from '../domain/flapping.ts';
import { appNameOf } from '../domain/heroku.ts';
import type { TransitionEvent } from '../domain/notification.ts';
import { problemKey } from '../domain/problem.ts';
import type { Partition } from './partition.ts';
import { type Position, positionsBehind } from './positions.ts';
import { isRecord, recordOf } from './records.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

/** One alert as a judgement leaves it. */
export interface JudgedChange {
  readonly kind: 'open' | 'update' | 'close';
  /** As it was read; null when it opens. */
  readonly was: Alert | null;
  readonly alert: Alert;
  /** What receivers are told of; null: nothing. */
  readonly event: TransitionEvent | null;
}

/** What detection wants written for one server. */
export interface JudgedChanges {
  /** Empty for the fleet as a whole. */
  readonly server: string;
  readonly revision: string;
  readonly silent: boolean;
  readonly history: ChangeHistory;
  readonly judgeAgainAt: number | null;
  readonly changes: readonly JudgedChange[];
  /** What happened to a Heroku app, and how it was seen; of nothing else. */
  readonly app?: JudgedApp | null;
}

export interface JudgedApp {
  /** Null: as before. */
  readonly seen: SeenApp | null;
  readonly events: readonly { readonly record: Alert; readonly told: boolean }[];
}

export type Applied = { readonly kind: 'applied'; readonly current: readonly boolean[] } | { readonly kind: 'lost' };

/** Writes judgements of several servers in one script call; those made too late are left out. */
export async function applyJudgements(
  partition: Partition,
  epoch: string,
  becomesOngoingAfterMs: number,
  judged: readonly JudgedChanges[],
): Promise<Applied> {
  const args: ScriptArgument[] = [epoch, becomesOngoingAfterMs];
  for (const server of judged) {
    const history = Object.keys(server.history).length === 0 ? '' : JSON.stringify(server.history);
    const again = server.judgeAgainAt ?? '';
    const silent = !server.silent ? 0 : appNameOf(server.server) === null ? 1 : 2;
    const { seen = null, events = [] } = server.app ?? {};
    const count = server.changes.length + events.length;
    args.push(server.server, server.revision, silent, history, again, seen === null ? '' : JSON.stringify(seen), count);
    for (const { record, told } of events) {
      args.push('happen', record.createdAt, record.id, 0, JSON.stringify(record), told ? 'happened' : '', '');
    }
    for (const { kind, was, alert, event } of server.changes) {
      args.push(
        kind,
        problemKey(alert),
        alert.id,
        was?.version ?? 0,
        JSON.stringify(alert),
        event ?? '',
        actionDue(alert),
      );
    }
  }
  const [leads, ...applied] = (await partition.run('applyJudgements', args)) as number[];
  return leads === 1 ? { kind: 'applied', current: applied.map((one) => one === 1) } : { kind: 'lost' };
}

/** `due` when something is to be done about an alert. */
function actionDue({ actions = [] }: Alert): string {
  return actions.some(({ state }) => state === 'due') ? 'due' : '';
}

/** Alerts by id; one that does not exist or cannot be read gives null. */
export async function loadAlerts(partition: Partition, ids: readonly string[]): Promise<(Alert | null)[]> {
  if (ids.length === 0) return [];
  const texts = await partition.redis.mget(...ids.map(partition.keys.alert));
  return texts.map(alertFrom);
}

/** A record as it is kept; null when there is none, or it cannot be read: `prelude.lua` asks for the same. */
export function alertFrom(text: string | null): Alert | null {
  const record = recordOf(text);
  if (!isRecord(record) || !isRecord(record.labels) || typeof record.version !== 'number') return null;
  const { id, kind, subject, state } = record;
  return [id, kind, subject, state].every((field) => typeof field === 'string') ? (record as unknown as Alert) : null;
}

export type AlertOrder = 'open' | 'closed' | { readonly server: string };

/** Up to `count` ids, newest first, behind `after`. */
export function alertIds(
  partition: Partition,
  order: AlertOrder,
  after: Position | null,
  count: number,
): Promise<Position[]> {
  const { keys, redis } = partition;
  const set = order === 'open' ? keys.openAlerts : order === 'closed' ? keys.closedAlerts : keys.alertsOf(order.server);
  return positionsBehind(redis, set, after, count);
}

/** Ids of alerts that are to count as ongoing by `now`. */
export function becomingOngoing(partition: Partition, now: number, count: number): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.becomingOngoing, '-inf', now, 'LIMIT', 0, count);
}

export interface OngoingMove {
  readonly id: string;
  /** Null when the record cannot be read: then only its mark is cleared. */
  readonly moved: { readonly was: Alert; readonly alert: Alert } | null;
}

/** @returns false when the epoch is not current any more. */
export async function setOngoing(partition: Partition, epoch: string, moves: readonly OngoingMove[]): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const { id, moved } of moves) {
    if (moved === null) args.push(id, 0, '');
    else args.push(id, moved.was.version, JSON.stringify(moved.alert));
  }
  return (await partition.run('setOngoing', args)) === 1;
}

/** A transition that was written with its alert and waits to be fanned out. */
export interface TransitionRecord {
  readonly streamId: string;
  readonly alertId: string;
  readonly event: TransitionEvent;
}

export async function waitingTransitions(partition: Partition, count: number): Promise<TransitionRecord[]> {
  const entries = await partition.redis.xrange(partition.keys.transitions, '-', '+', 'COUNT', count);
  return entries.map(([streamId, pairs]) => {
    const fields = new Map<string, string>();
    for (let at = 0; at < pairs.length; at += 2) fields.set(pairs[at] as string, pairs[at + 1] as string);
    return {
      streamId,
      alertId: fields.get('alert') ?? '',
      event: (fields.get('event') ?? 'created') as TransitionEvent,
    };
  });
}

export async function countOpenAlerts(partition: Partition): Promise<number> {
  const [open] = await pipelineAnswers(partition.redis.pipeline().zcard(partition.keys.openAlerts).exec());
  return open as number;
}

/** @returns false when somebody else changed it in between: then it is to be read again. */
export async function updateAlert(partition: Partition, was: Alert, alert: Alert): Promise<boolean> {
  return (await partition.run('updateAlert', [alert.id, was.version, JSON.stringify(alert)])) === 1;
}

/** Open alerts of one server, known or not; empty name: those that concern no server. Problem key → id. */
export function openAlertsOf(partition: Partition, server: string): Promise<Record<string, string>> {
  return partition.redis.hgetall(partition.keys.open(server));
}

/** Ids of the open alerts of some kinds. */
export async function openAlertIdsOf({ keys, redis }: Partition, kinds: readonly string[]): Promise<string[]> {
  const sets = kinds.flatMap((kind) => [keys.alertsIn(kind, 'created'), keys.alertsIn(kind, 'ongoing')]);
  return redis.sunion(...sets);
}

/** How many alerts are open, by kind and state; the scripts keep sets of them, so none is read. */
export async function countAlertsIn(
  partition: Partition,
  kinds: readonly string[],
): Promise<{ kind: string; state: 'created' | 'ongoing'; count: number }[]> {
  const asked = kinds.flatMap((kind) => (['created', 'ongoing'] as const).map((state) => ({ kind, state })));
  const pipeline = partition.redis.pipeline();
  for (const { kind, state } of asked) pipeline.scard(partition.keys.alertsIn(kind, state));
  const counts = (await pipelineAnswers(pipeline.exec())) as number[];
  return asked.map((one, index) => ({ ...one, count: counts[index] ?? 0 }));
}
