import { isPlatformError } from '../../domain/app-log.ts';
import {
  everyOne,
  isRuleApp,
  isRuleDyno,
  longestWithinMs,
  mostCount,
  parseRuleError,
  ruleActions,
  ruleAppFault,
  ruleDynoFault,
  ruleErrorFault,
  ruleIdentity,
  shortestWithinMs,
} from '../../domain/rule.ts';
import type { Config, ConfiguredRule } from '../config.ts';
import { isMapping } from '../document.ts';
import type { Path } from '../fault.ts';
import { openSection, type Reading, treeAt } from '../section.ts';
import { oneOrMore, receiverNames } from './routes.ts';
import { boolean, duration, oneOf, orZero, text, textAs, whole } from './value.ts';

const ruleKeys = {
  app: textAs((value) => (isRuleApp(value) ? value : undefined), ruleAppFault),
  dyno: textAs((value) => (isRuleDyno(value) ? value : undefined), ruleDynoFault),
  error: textAs(parseRuleError, ruleErrorFault),
  count: whole(1, mostCount),
  within: duration(longestWithinMs).refine((ms) => ms >= shortestWithinMs, 'must be at least 10s'),
  receivers: oneOrMore(text.min(1), 'must name at least one receiver'),
  action: oneOf(...ruleActions),
};

export const ruleSections: readonly (readonly [string, readonly string[]])[] = [['rules[]', Object.keys(ruleKeys)]];

export const cooldownKeys = {
  restart_dyno: orZero(duration()),
  restart_app: orZero(duration()),
  email: orZero(duration()),
};

export const rulesTopKeys = { dry_run: boolean };

const usualCooldownMs = 300_000;

/** @param known the receivers that are configured. */
export function readRules(
  reading: Reading,
  known: Pick<Config, 'receivers'>,
): Pick<Config, 'rules' | 'cooldowns' | 'dryRun'> {
  const tree = treeAt(reading.document.root, ['rules']);
  const receivers = receiverNames(reading, known.receivers);
  const places = new Map<string, number>();
  const rules = (Array.isArray(tree) ? tree : []).flatMap((item, index) => {
    const rule = isMapping(item) ? readRule(reading, index, receivers) : undefined;
    if (rule === undefined) return [];
    const same = places.get(ruleIdentity(rule));
    if (same !== undefined) {
      reading.contradiction(['rules', index], `counts the same as rules[${same}]: make one rule of the two`);
    } else places.set(ruleIdentity(rule), index);
    return [rule];
  });
  const cooldowns = openSection(reading, ['cooldowns'], cooldownKeys);
  return {
    rules,
    cooldowns: {
      restartDynoMs: cooldowns.value('restart_dyno') ?? usualCooldownMs,
      restartAppMs: cooldowns.value('restart_app') ?? usualCooldownMs,
      emailMs: cooldowns.value('email') ?? usualCooldownMs,
    },
    dryRun: openSection(reading, [], rulesTopKeys).value('dry_run') ?? false,
  };
}

/** Undefined where it is at fault, of which is told. */
function readRule(reading: Reading, index: number, known: readonly string[]): ConfiguredRule | undefined {
  const path: Path = ['rules', index];
  const section = openSection(reading, path, ruleKeys);
  if (!section.given('app')) reading.fault(path, 'has no app: give the name of a Heroku app, or "*"');
  if (!section.given('error')) reading.fault(path, `has no error: it ${ruleErrorFault}`);
  const receivers = section.value('receivers') ?? [];
  for (const name of receivers) {
    if (known.includes(name)) continue;
    section.contradiction('receivers', `names a receiver that is not configured: there are ${known.join(', ')}`);
  }
  const app = section.value('app');
  const error = section.value('error');
  if (app === undefined || error === undefined) return undefined;
  if (error.kind === 'code' && !isPlatformError(error.code)) {
    section.warn('error', `${error.code} is not in Heroku's list of error codes: it may never come`);
  }
  return {
    app,
    dyno: section.value('dyno') ?? everyOne,
    error,
    count: section.value('count') ?? 1,
    withinMs: section.value('within') ?? 300_000,
    receivers: [...new Set(receivers)],
    action: section.value('action') ?? 'none',
    line: reading.document.lineOf(path),
  };
}
