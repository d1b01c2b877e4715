/** The words for rules. */
import type { RuleAction } from '@healthapp/shared/domain/rule';
import type { RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { counted } from './amount.ts';

export const actionWords: Readonly<Record<RuleAction, string>> = {
  none: 'Nothing',
  'restart-dyno': 'Restart the dynos',
  'restart-app': 'Restart the app',
};

/** Who is told when it is breached. */
export function toldWords({ receivers }: Pick<RuleView, 'receivers'>): string {
  return receivers.length === 0 ? 'Whom the routes name' : receivers.join(', ');
}

/** Where a rule is from, and so where it can be changed. */
export function originWords({ source, line, createdBy }: Pick<RuleView, 'source' | 'line' | 'createdBy'>): string {
  if (source === 'own') return createdBy === null ? 'Made here' : `Made by ${createdBy}`;
  return line === null ? 'In the configuration' : `In the configuration, line ${line}`;
}

/** What the trial says of one app. */
export function trialWords({ app, since, counted: events, breaches }: RuleTrialView['apps'][number]): string {
  if (since === null) return `Nothing of the log of ${app} is known.`;
  const times = breaches.length === 0 ? 'not breached' : `breached ${counted(breaches.length, 'time')}`;
  return `${app}: ${counted(events, 'event')}, ${times}.`;
}
