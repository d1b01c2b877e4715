/** The rules for errors of Heroku apps: those that operators made, and those that the leader's configuration has. */
import { serverNameOfApp } from '../domain/heroku.ts';
import { everyOne, type Rule } from '../domain/rule.ts';
import type { Partition } from './partition.ts';
import { isRecord, recordOf } from './records.ts';
import { pipelineAnswers } from './servers.ts';

/** Made by an operator. Times are ms since 1970 by Redis' clock. */
export interface OwnRule extends Rule {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly changedBy: string | null;
  readonly changedAt: number | null;
}

/** What the leader's configuration says; only it can change these. */
export interface ConfiguredRules {
  readonly rules: readonly (Rule & { readonly line: number | null })[];
  readonly dryRun: boolean;
  /** Whether the leader has a key to do with what rules want done; absent: it has none. */
  readonly canAct?: boolean;
}

/** Own rules, oldest first. One whose record cannot be read is left out: it judges nothing. */
export async function ownRules(first: Partition): Promise<OwnRule[]> {
  const records = await first.redis.hvals(first.keys.rules);
  const rules = records.flatMap((text) => {
    const record = recordOf(text);
    return isRecord(record) && typeof record.app === 'string' ? [record as unknown as OwnRule] : [];
  });
  return rules.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
}

/** What the leader has noted; null before a processor has led for the first time. */
export async function configuredRules(first: Partition): Promise<ConfiguredRules | null> {
  const text = await first.redis.get(first.keys.configuredRules);
  return text === null ? null : (JSON.parse(text) as ConfiguredRules);
}

export type PutRule = 'put' | 'missing' | 'too-many';

/** @param most own rules that there may be. */
export async function addRule(first: Partition, rule: OwnRule, most: number): Promise<PutRule> {
  return outcomes[(await first.run('putRule', [rule.id, JSON.stringify(rule), most])) as number] ?? 'missing';
}

/** `missing`: somebody has removed it meanwhile, and so it stays. */
export async function changeRule(first: Partition, rule: OwnRule): Promise<PutRule> {
  return outcomes[(await first.run('putRule', [rule.id, JSON.stringify(rule), ''])) as number] ?? 'missing';
}

const outcomes: readonly PutRule[] = ['missing', 'put', 'too-many'];

/** @returns false when there is no such rule. */
export async function removeRule(first: Partition, id: string): Promise<boolean> {
  return (await first.redis.hdel(first.keys.rules, id)) === 1;
}

const chunk = 1000;

/** Names of the apps that are known in a partition, in order; up to `most`. */
export async function appServers(partition: Partition, most: number): Promise<string[]> {
  const [start, end] = [serverNameOfApp(''), serverNameOfApp('\xff')];
  return partition.redis.zrangebylex(partition.keys.servers, `[${start}`, `(${end}`, 'LIMIT', 0, most);
}

/** Marks the apps of a rule that came, changed or went, so that they are judged by what holds now. @param now ms since 1970. */
export async function judgeAppsOf(partition: Partition, { app }: Pick<Rule, 'app'>, now: number): Promise<void> {
  const { keys, redis } = partition;
  const names = app === everyOne ? await appServers(partition, 100_000) : [serverNameOfApp(app)];
  for (let at = 0; at < names.length; at += chunk) {
    const pipeline = redis.pipeline();
    for (const name of names.slice(at, at + chunk)) pipeline.zadd(keys.changed, 'NX', now, name);
    await pipelineAnswers(pipeline.publish(keys.wake, '').exec());
  }
}
