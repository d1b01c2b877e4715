/** What `/api/v1/rules` takes and answers. */
import * as z from 'zod';
import { logCountsForMs } from '../domain/app-log.ts';
import { parseDuration } from '../domain/duration.ts';
import {
  breachSentence,
  everyOne,
  isRuleApp,
  isRuleDyno,
  longestWithinMs,
  mostCount,
  parseRuleError,
  type Rule,
  ruleActions,
  ruleAppFault,
  ruleDynoFault,
  ruleErrorFault,
  ruleErrorText,
  ruleSentence,
  shortestWithinMs,
} from '../domain/rule.ts';
import { breachesOf, countedBy, type LogEvidence } from '../domain/rule-judgement.ts';

const time = z.number().int().describe('milliseconds since 1970');

const withinFault = 'must be from 10 s to 1 h: seconds, or a number with s, m or h (90s, 5m)';

const within = z
  .union([z.number(), z.string().max(32)], withinFault)
  .refine((value) => {
    const ms = parseDuration(value);
    return ms !== undefined && ms >= shortestWithinMs && ms <= longestWithinMs;
  }, withinFault)
  .describe('seconds, or as in the configuration: 90s, 5m');

/** A rule as somebody writes it. */
export const newRule = z.strictObject({
  app: z.string().refine(isRuleApp, ruleAppFault).describe("an app's name; *: every app, each by itself"),
  dyno: z
    .string()
    .refine(isRuleDyno, ruleDynoFault)
    .default(everyOne)
    .describe('worker: all of the type together; worker.1: that one; *: every process type, each by itself'),
  error: z
    .string()
    .max(64)
    .refine((text) => parseRuleError(text) !== undefined, ruleErrorFault)
    .describe('R14, H12, …; 5xx; memory > 90%; load > 4'),
  count: z.number().int().min(1).max(mostCount).default(1).describe('at least'),
  within: within.default(300),
  receivers: z.array(z.string().min(1).max(64)).max(100).default([]).describe('told instead of whom the routes name'),
  action: z.enum(ruleActions).default('none'),
});
export type NewRule = z.output<typeof newRule>;

export const ruleView = z.object({
  id: z.string(),
  app: z.string(),
  dyno: z.string(),
  error: z.string(),
  count: z.number().int(),
  within: z.number().describe('seconds'),
  receivers: z.array(z.string()),
  action: z.enum(ruleActions),
  source: z.enum(['config', 'own']).describe("config: of the processor's configuration, which alone can change it"),
  line: z.number().int().nullable().describe('of the configuration'),
  text: z.string().describe('at least 3 R14 on worker of api within 5 minutes'),
  createdBy: z.string().nullable(),
  createdAt: time.nullable(),
  changedBy: z.string().nullable(),
  changedAt: time.nullable(),
  standing: z
    .array(z.object({ alertId: z.string(), server: z.string(), dyno: z.string(), since: time }))
    .describe('its alerts that are open: where it is breached, and since when'),
});
export type RuleView = z.output<typeof ruleView>;

export const ruleListView = z.object({
  rules: z.array(ruleView),
  receivers: z.array(z.string()).describe('the names of all that are configured'),
  apps: z.array(z.string()).describe('the apps that are known'),
  dryRun: z.boolean().describe('whether actions are only told rather than done'),
});
export type RuleListView = z.output<typeof ruleListView>;

/** What a rule would have found in the last hour. */
export const ruleTrialView = z.object({
  text: z.string().describe('what came of it, as a sentence: would have been breached twice in the last hour'),
  from: time.describe('since when the counts are looked at'),
  to: time,
  apps: z.array(
    z.object({
      app: z.string(),
      since: time.nullable().describe('since when its log is counted; null: nothing of its log is known'),
      counted: z.number().int().describe('how many of these errors there were in all'),
      breaches: z.array(
        z.object({
          dyno: z.string(),
          at: time.describe('when the count was reached, to ten seconds'),
          until: time.nullable().describe('when a whole window had been below the count; null: not yet'),
          most: z.number().int().describe('the most within one window'),
          text: z.string().describe('3 of at least 3 R14 on worker in the last 5 minutes'),
        }),
      ),
    }),
  ),
});
export type RuleTrialView = z.output<typeof ruleTrialView>;

/** What an app's log shows of a rule, and how it would have fared. @param logs by app. @param now ms since 1970. */
export function ruleTrialViewOf(rule: Rule, logs: ReadonlyMap<string, LogEvidence>, now: number): RuleTrialView {
  const apps = [...logs].map(([app, log]) => ({
    app,
    since: log.since,
    counted: countedBy(rule, log),
    breaches: breachesOf(rule, log).map(({ dyno, from, reachedAt, most }) => ({
      dyno,
      at: from,
      until: reachedAt + rule.withinMs > now ? null : reachedAt + rule.withinMs,
      most,
      text: breachSentence(rule, dyno, most),
    })),
  }));
  return { text: trialText(rule, apps), from: now - logCountsForMs, to: now, apps };
}

function trialText(rule: Rule, apps: RuleTrialView['apps']): string {
  const known = apps.filter(({ since }) => since !== null);
  if (known.length === 0) {
    const which = rule.app === everyOne ? 'any app' : rule.app;
    return `Nothing of the log of ${which} is known: neither a log drain nor the Heroku poller brings it.`;
  }
  const breaches = known.flatMap((app) => app.breaches);
  const counted = known.reduce((sum, app) => sum + app.counted, 0);
  const asked = `${ruleSentence(rule)}: ${counted} in all in the last hour`;
  if (breaches.length === 0) return `Would not have been breached in the last hour (${asked}).`;
  const often = ['', 'once', 'twice'][breaches.length] ?? `${breaches.length} times`;
  const now = breaches.some(({ until }) => until === null) ? ', and would be now' : '';
  return `Would have been breached ${often} in the last hour${now} (${asked}).`;
}

/** @param rule as `newRule` has taken it. */
export function ruleFrom(rule: NewRule): Rule {
  return {
    app: rule.app,
    dyno: rule.dyno,
    error: parsed(parseRuleError(rule.error)),
    count: rule.count,
    withinMs: parsed(parseDuration(rule.within)),
    receivers: [...new Set(rule.receivers)],
    action: rule.action,
  };
}

function parsed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a rule that its schema has not taken');
  return value;
}

export function writtenRule(rule: Rule) {
  const { app, dyno, error, count, withinMs, receivers, action } = rule;
  return {
    app,
    dyno,
    error: ruleErrorText(error),
    count,
    within: withinMs / 1000,
    receivers: [...receivers],
    action,
    text: ruleSentence(rule),
  };
}
