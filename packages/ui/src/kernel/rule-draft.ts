/** A rule as it is written in a form, and what the API is given of it. What is right of each field, the API says. */
import type { RuleAction } from '@healthapp/shared/domain/rule';
import type { RuleView } from '@healthapp/shared/wire/rules';
import type { RuleInput } from './api.ts';

export interface RuleDraft {
  readonly app: string;
  readonly dyno: string;
  readonly error: string;
  readonly count: string;
  /** As in the configuration: `5m`. */
  readonly within: string;
  readonly receivers: readonly string[];
  readonly action: RuleAction;
}

export type RuleField = keyof RuleDraft;
export type RuleFaults = Partial<Record<RuleField, string>>;

export const emptyRuleDraft: RuleDraft = {
  app: '',
  dyno: '*',
  error: '',
  count: '3',
  within: '5m',
  receivers: [],
  action: 'none',
};

export function ruleDraftOf(rule: RuleView): RuleDraft {
  const { app, dyno, error, count, within, receivers, action } = rule;
  return { app, dyno, error, count: String(count), within: withinText(within), receivers, action };
}

/** In the largest unit that leaves no rest, as one writes it: `5m`, `90s`. @param seconds how many. */
export function withinText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

export type ReadRuleDraft =
  | { readonly kind: 'rule'; readonly rule: RuleInput }
  | { readonly kind: 'faults'; readonly faults: RuleFaults };

/** Asks here only for what the API would not understand. */
export function readRuleDraft(draft: RuleDraft): ReadRuleDraft {
  const count = /^\d+$/.test(draft.count.trim()) ? Number(draft.count) : undefined;
  const faults: RuleFaults = {
    ...(draft.app.trim() === '' ? { app: 'Say of which app; * stands for each.' } : {}),
    ...(draft.error.trim() === '' ? { error: 'Say what is counted, such as R14, 5xx or memory > 90%.' } : {}),
    ...(count === undefined ? { count: 'Give a whole number.' } : {}),
  };
  if (Object.keys(faults).length > 0 || count === undefined) return { kind: 'faults', faults };
  return {
    kind: 'rule',
    rule: {
      app: draft.app.trim(),
      dyno: draft.dyno.trim() === '' ? '*' : draft.dyno.trim(),
      error: draft.error.trim(),
      count,
      within: withinOf(draft.within.trim()),
      receivers: [...draft.receivers],
      action: draft.action,
    },
  };
}

/** A number alone is seconds. */
function withinOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The form's field for what the API finds at fault; undefined when there is none. */
export function ruleFieldOf(apiField: string | null): RuleField | undefined {
  const [first = ''] = (apiField ?? '').split(/[.[]/);
  return Object.hasOwn(emptyRuleDraft, first) ? (first as RuleField) : undefined;
}
