/**
 * A rule says how often an error of a Heroku app may come before it is a problem. It counts the errors of one app,
 * one process type (or one dyno) and one kind alone. Pure.
 */
import { processTypeOf, type SampleName } from './app-log.ts';
import { formatDuration } from './duration.ts';
import type { ProblemKind } from './problem.ts';

export const ruleActions = ['none', 'restart-dyno', 'restart-app'] as const;
export type RuleAction = (typeof ruleActions)[number];

/** What a rule counts: errors by Heroku's code, failed requests, or samples of a dyno above a value. */
export type RuleError =
  /** An H, R or L code: https://devcenter.heroku.com/articles/error-codes */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: '5xx' }
  /** `memory` in percent of the dyno's quota; `load` as the average of one minute. */
  | { readonly kind: 'sample'; readonly name: SampleName; readonly over: number };

export interface Rule {
  /** Its name, or `*`: every app, each by itself. */
  readonly app: string;
  /** `worker`: all dynos of the type together; `worker.1`: that one; `*`: every type, each by itself. */
  readonly dyno: string;
  readonly error: RuleError;
  /** So many at least … */
  readonly count: number;
  /** … within this time, ms. */
  readonly withinMs: number;
  /** They are told instead of whom the routes name; empty: the routes decide. */
  readonly receivers: readonly string[];
  /** What is done when it is breached. */
  readonly action: RuleAction;
}

/** Of a rule: `within` below a slot of the counts, or beyond what is kept, cannot be judged. ms. */
export const shortestWithinMs = 10_000;
export const longestWithinMs = 3_600_000;
export const mostCount = 1_000_000;

/** What stands for every app, or every process type. */
export const everyOne = '*';

/** As Heroku's Platform API schema says of an app's name; or `*`. */
export function isRuleApp(text: string): boolean {
  return text === everyOne || /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/.test(text);
}

export const ruleAppFault = 'must be an app\'s name (3 to 30 lower-case letters, digits and -, a letter first), or "*"';

/** A process type as a Procfile may name it, a dyno of it, or `*`. */
export function isRuleDyno(text: string): boolean {
  return text === everyOne || /^[A-Za-z0-9_-]{1,63}(?:\.\d{1,9})?$/.test(text);
}

export const ruleDynoFault = 'must be a process type such as worker, one dyno such as worker.1, or "*"';

const sampleForm = /^(memory|load)\s*>\s*(\d{1,9}(?:\.\d{1,6})?)\s*(%?)$/i;

/** @returns undefined for what is none of `R14`, `H12`, `5xx`, `memory > 90%`, `load > 4`. */
export function parseRuleError(text: string): RuleError | undefined {
  const written = text.trim();
  if (/^5xx$/i.test(written)) return { kind: '5xx' };
  if (/^[HRL]\d{2}$/i.test(written)) return { kind: 'code', code: written.toUpperCase() };
  const [, name = '', over = '', percent] = sampleForm.exec(written) ?? [];
  if (name === '') return undefined;
  // A percentage of load means nothing; that of memory is understood without its sign.
  if (name.toLowerCase() === 'memory') return { kind: 'sample', name: 'memory', over: Number(over) };
  return percent === '' ? { kind: 'sample', name: 'load', over: Number(over) } : undefined;
}

export const ruleErrorFault = "must be a code of Heroku's such as R14 or H12, 5xx, or memory > 90% or load > 4";

/** As `parseRuleError` reads it. */
export function ruleErrorText(error: RuleError): string {
  switch (error.kind) {
    case 'code':
      return error.code;
    case '5xx':
      return '5xx';
    case 'sample':
      return `${error.name} > ${error.over}${error.name === 'memory' ? '%' : ''}`;
    default: {
      const unhandled: never = error;
      return unhandled;
    }
  }
}

export function kindOfBreach(error: RuleError): Extract<ProblemKind, 'heroku-error' | 'http-5xx'> {
  return error.kind === '5xx' ? 'http-5xx' : 'heroku-error';
}

/** The kinds of alerts that rules open, and nothing else does. */
export const breachKinds: readonly string[] = ['heroku-error', 'http-5xx'] satisfies readonly ProblemKind[];

/** Those for an app, what names it and a dyno before what stands for all: of two that count the same the first holds. */
export function rulesForApp<R extends Rule>(rules: readonly R[], app: string): R[] {
  const breadth = (rule: Rule) => Number(rule.app === everyOne) + 2 * Number(rule.dyno === everyOne);
  const ours = rules.filter((rule) => rule.app === everyOne || rule.app === app);
  return ours.sort((one, other) => breadth(one) - breadth(other));
}

/**
 * Under what a rule for `ruleDyno` counts what happened in `dyno`: the process type, or the one dyno; null: not at all.
 * What Heroku says of no dyno is counted under a type by who reads the log (`web` for the router's).
 */
export function countedUnder(ruleDyno: string, dyno: string): string | null {
  if (ruleDyno === everyOne) return processTypeOf(dyno);
  const under = ruleDyno.includes('.') ? dyno : processTypeOf(dyno);
  return under === ruleDyno ? under : null;
}

/** The subject of a breach's alert, by which the rule is found again. @param dyno as `countedUnder` says. */
export function breachSubject(rule: Rule, dyno: string): string {
  return `${subjectStart(rule)}${dyno}${subjectEnd(rule)}`;
}

function subjectStart({ error }: Rule): string {
  return `${ruleErrorText(error)} on `;
}

function subjectEnd({ count, withinMs }: Rule): string {
  return ` (${count} in ${formatDuration(withinMs)})`;
}

/** The `dyno` (as `countedUnder` says) for which this rule opened the alert, of one of its apps; null: another did. */
export function dynoOfAlert(
  rule: Rule,
  { kind, subject }: { readonly kind: string; readonly subject: string },
): string | null {
  if (kind !== kindOfBreach(rule.error)) return null;
  const [start, end] = [subjectStart(rule), subjectEnd(rule)];
  if (!subject.startsWith(start) || !subject.endsWith(end)) return null;
  const dyno = subject.slice(start.length, subject.length - end.length);
  if (dyno === '') return null;
  return countedUnder(rule.dyno, dyno) === dyno ? dyno : null;
}

/** What a breach is about, whatever its rule's count: `heroku:api R14 on worker`. */
export function breachTopic({ server, subject }: { readonly server: string | null; readonly subject: string }): string {
  const count = subject.lastIndexOf(' (');
  return `${server} ${count === -1 ? subject : subject.slice(0, count)}`;
}

/** Two rules that are this equal would open one alert between them. */
export function ruleIdentity(rule: Rule): string {
  return `${rule.app} ${rule.dyno} ${breachSubject(rule, '')}`;
}

/** `3 of at least 3 R14 on worker in the last 5 minutes` */
export function breachSentence(rule: Rule, dyno: string, count: number): string {
  return `${count} of at least ${rule.count} ${counted(rule.error)} on ${dyno} in the last ${spelledDuration(rule.withinMs).replace(/^1 /, '')}`;
}

/** A whole rule: `at least 3 R14 on worker of api within 5 minutes`. */
export function ruleSentence(rule: Rule): string {
  const dyno = rule.dyno === everyOne ? 'each process type' : rule.dyno;
  const app = rule.app === everyOne ? 'each app' : rule.app;
  return `at least ${rule.count} ${counted(rule.error)} on ${dyno} of ${app} within ${spelledDuration(rule.withinMs)}`;
}

function counted(error: RuleError): string {
  if (error.kind !== 'sample') return ruleErrorText(error);
  return error.name === 'memory' ? `samples of memory over ${error.over} %` : `samples of load over ${error.over}`;
}

/** `5 minutes`, `90 seconds`, `1 hour`. */
function spelledDuration(ms: number): string {
  const [amount, unit] =
    ms % 3_600_000 === 0
      ? [ms / 3_600_000, 'hour']
      : ms % 60_000 === 0
        ? [ms / 60_000, 'minute']
        : [ms / 1000, 'second'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
