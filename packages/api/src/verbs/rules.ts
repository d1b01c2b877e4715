/** Rules for errors of Heroku apps: those of the processor's configuration, and those that operators make. */
import { randomBytes } from 'node:crypto';
import type { Alert } from '@healthapp/shared/domain/alert';
import { appNameOf, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import {
  breachKinds,
  dynoOfAlert,
  everyOne,
  type Rule,
  ruleIdentity,
  rulesForApp,
} from '@healthapp/shared/domain/rule';
import type { LogEvidence } from '@healthapp/shared/domain/rule-judgement';
import { loadAlerts, openAlertIdsOf } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { readRouting } from '@healthapp/shared/redis/leadership';
import { readLogCounts } from '@healthapp/shared/redis/log-counts';
import {
  addRule as addOwnRule,
  appServers,
  type ConfiguredRules,
  changeRule as changeOwnRule,
  configuredRules,
  judgeAppsOf,
  type OwnRule,
  ownRules,
  removeRule as removeOwnRule,
} from '@healthapp/shared/redis/rules';
import {
  type NewRule,
  type RuleListView,
  type RuleTrialView,
  type RuleView,
  ruleFrom,
  ruleTrialViewOf,
  writtenRule,
} from '@healthapp/shared/wire/rules';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';

const mostOwnRules = 1000;
/** As many are named in the list, and looked at by a trial for every app. */
const mostApps = 1000;

const nothingConfigured: ConfiguredRules = { rules: [], dryRun: false };

/** The configuration's first, as they stand there; then own ones, oldest first. */
export async function listRules(partitions: Partitions): Promise<RuleListView> {
  const first = partitions.first();
  const [configured, own, routing, apps, alerts] = await Promise.all([
    configuredRules(first),
    ownRules(first),
    readRouting(first),
    knownApps(partitions),
    openBreaches(partitions),
  ]);
  const { rules, dryRun } = configured ?? nothingConfigured;
  return {
    rules: [
      ...rules.map((rule, index) => configuredView(rule, index, alerts)),
      ...own.map((rule) => ownView(rule, alerts)),
    ],
    receivers: routing?.receivers.map(({ name }) => name) ?? [],
    apps,
    dryRun,
  };
}

/** @throws HttpProblem 400 for a receiver that is not configured, 409 when there is such a rule. */
export async function addRule(partitions: Partitions, input: NewRule, by: string): Promise<RuleView> {
  const first = partitions.first();
  const rule = ruleFrom(input);
  await refuseUnfit(partitions, rule, null);
  const { now } = await readClock(first);
  const id = randomBytes(9).toString('base64url');
  const own: OwnRule = { ...rule, id, createdBy: by, createdAt: now, changedBy: null, changedAt: null };
  if ((await addOwnRule(first, own, mostOwnRules)) === 'too-many') {
    throw new HttpProblem(409, `there are ${mostOwnRules} rules already: remove some, or let one stand for every app`);
  }
  await judgeApps(partitions, own, now);
  return ownView(own, await openBreaches(partitions));
}

/** @throws HttpProblem as `addRule`; 404; 409 for one of the configuration. */
export async function changeRule(
  partitions: Partitions,
  id: string,
  input: NewRule,
  by: string,
): Promise<{ readonly was: RuleView; readonly rule: RuleView }> {
  const first = partitions.first();
  const was = await ownRule(partitions, id);
  const rule = ruleFrom(input);
  await refuseUnfit(partitions, rule, id);
  const { now } = await readClock(first);
  const own: OwnRule = { ...was, ...rule, changedBy: by, changedAt: now };
  if ((await changeOwnRule(first, own)) === 'missing') throw noRule(id);
  await judgeApps(partitions, was, now);
  if (was.app !== own.app) await judgeApps(partitions, own, now);
  const alerts = await openBreaches(partitions);
  return { was: ownView(was, alerts), rule: ownView(own, alerts) };
}

/** What it had found ends. @throws HttpProblem 404; 409 for one of the configuration. */
export async function removeRule(partitions: Partitions, id: string): Promise<RuleView> {
  const first = partitions.first();
  const was = await ownRule(partitions, id);
  if (!(await removeOwnRule(first, id))) throw noRule(id);
  const { now } = await readClock(first);
  await judgeApps(partitions, was, now);
  return ownView(was, []);
}

/** How a rule would have fared in the last hour; nothing is kept of it. */
export async function tryRule(partitions: Partitions, input: NewRule): Promise<RuleTrialView> {
  const rule = ruleFrom(input);
  const apps = rule.app === everyOne ? await knownApps(partitions) : [rule.app];
  const { now } = await readClock(partitions.first());
  const logs = new Map<string, LogEvidence>();
  for (const partition of partitions.all()) {
    const ours = apps.filter((app) => partitions.of(serverNameOfApp(app)) === partition);
    const read = await readLogCounts(partition, ours.map(serverNameOfApp), now);
    ours.forEach((app, index) => {
      const log = read[index];
      // Of the many whose log nobody brings, a trial for every app need not tell.
      if (log !== undefined && (log.since !== null || rule.app !== everyOne)) logs.set(app, log);
    });
  }
  return ruleTrialViewOf(rule, logs, now);
}

async function knownApps(partitions: Partitions): Promise<string[]> {
  const names = await Promise.all(partitions.all().map((partition) => appServers(partition, mostApps)));
  const apps = names.flat().flatMap((name) => appNameOf(name) ?? []);
  return apps.sort().slice(0, mostApps);
}

async function judgeApps(partitions: Partitions, rule: Rule, now: number): Promise<void> {
  const concerned = rule.app === everyOne ? partitions.all() : [partitions.of(serverNameOfApp(rule.app))];
  await Promise.all(concerned.map((partition) => judgeAppsOf(partition, rule, now)));
}

async function ownRule(partitions: Partitions, id: string): Promise<OwnRule> {
  const first = partitions.first();
  const own = (await ownRules(first)).find((rule) => rule.id === id);
  if (own !== undefined) return own;
  const configured = (await configuredRules(first))?.rules.find((_, index) => configuredId(index) === id);
  if (configured === undefined) throw noRule(id);
  const line = configured.line === null ? '' : ` (line ${configured.line})`;
  throw new HttpProblem(409, `${id} is a rule of the processor's configuration${line}: change it there`);
}

function noRule(id: string): HttpProblem {
  return new HttpProblem(404, `no rule ${id}`);
}

/** @param id of the rule that it takes the place of; null: it is new. */
async function refuseUnfit(partitions: Partitions, rule: Rule, id: string | null): Promise<void> {
  const first = partitions.first();
  const [routing, configured, own] = await Promise.all([readRouting(first), configuredRules(first), ownRules(first)]);
  const known = routing?.receivers.map(({ name }) => name);
  const unknown = rule.receivers.find((name) => known !== undefined && !known.includes(name));
  if (unknown !== undefined) {
    const detail = `receivers: there is no receiver called ${unknown}; there are ${known?.join(', ') ?? 'none'}`;
    throw new HttpProblem(400, detail, { field: 'receivers' });
  }
  if (rule.action !== 'none' && configured !== null && !configured.dryRun && configured.canAct !== true) {
    const detail = `action: the processor has no key for ${rule.action}: set heroku.api_key in its configuration`;
    throw new HttpProblem(409, detail, { field: 'action' });
  }
  const others = [...(configured?.rules ?? []).map((one, index) => ({ ...one, id: configuredId(index) })), ...own];
  const same = others.find((one) => one.id !== id && ruleIdentity(one) === ruleIdentity(rule));
  if (same !== undefined) {
    throw new HttpProblem(409, `the rule ${same.id} counts the same already: change that one, or the count or window`);
  }
}

function configuredId(index: number): string {
  return `config-${index + 1}`;
}

function configuredView(rule: ConfiguredRules['rules'][number], index: number, alerts: readonly Alert[]): RuleView {
  const nobody = { createdBy: null, createdAt: null, changedBy: null, changedAt: null };
  const { line } = rule;
  return {
    id: configuredId(index),
    ...writtenRule(rule),
    source: 'config',
    line,
    ...nobody,
    standing: standingOf(rule, alerts),
  };
}

function ownView(rule: OwnRule, alerts: readonly Alert[]): RuleView {
  const { id, createdBy, createdAt, changedBy, changedAt } = rule;
  const standing = standingOf(rule, alerts);
  return { id, ...writtenRule(rule), source: 'own', line: null, createdBy, createdAt, changedBy, changedAt, standing };
}

/** The alerts that rules have opened and that are open, of all apps. */
async function openBreaches(partitions: Partitions): Promise<Alert[]> {
  const alerts = await Promise.all(
    partitions.all().map(async (partition) => loadAlerts(partition, await openAlertIdsOf(partition, breachKinds))),
  );
  return alerts.flat().flatMap((alert) => (alert === null || alert.state === 'closed' ? [] : [alert]));
}

function standingOf(rule: Rule, alerts: readonly Alert[]): RuleView['standing'] {
  return alerts.flatMap((alert) => {
    const app = alert.server === null ? null : appNameOf(alert.server);
    if (alert.server === null || app === null || rulesForApp([rule], app).length === 0) return [];
    const dyno = dynoOfAlert(rule, alert);
    return dyno === null ? [] : [{ alertId: alert.id, server: alert.server, dyno, since: alert.createdAt }];
  });
}
