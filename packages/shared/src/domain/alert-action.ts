/** What is done about a breach of a rule, once, and what came of it. Pure. */

/** What a rule wants done. */
export interface WantedAction {
  readonly kind: ActionKind;
  /** Of which dynos the errors were; a process type where the log named no dyno. */
  readonly dynos: readonly string[];
}

export const actionKinds = ['restart-dyno', 'restart-app'] as const;
export type ActionKind = (typeof actionKinds)[number];

/**
 * - `due`: decided, and not claimed yet.
 * - `claimed`: one processor sends it, or has died while it did.
 * - `done`: Heroku accepted it.
 * - `dry-run`: it would have been done.
 * - `cooling-down`: left out, as the same was done shortly before.
 * - `impossible`: left out, as there is nothing that it could be done to.
 * - `failed`: Heroku refused it, or was not asked.
 * - `unknown`: it may have been done; it is not done again.
 */
export const actionStates = [
  'due',
  'claimed',
  'done',
  'dry-run',
  'cooling-down',
  'impossible',
  'failed',
  'unknown',
] as const;
export type ActionState = (typeof actionStates)[number];

/** Times are milliseconds since 1970 by Redis' clock. */
export interface AlertAction {
  readonly kind: ActionKind;
  /** `worker.1`; null: the whole app. */
  readonly dyno: string | null;
  readonly state: ActionState;
  /** When it came into this state. */
  readonly at: number;
  /** Why, in a few words; null where the state says it all. */
  readonly detail: string | null;
}

/** The actions of an alert that opens, or stands again. */
export function dueActions({ kind, dynos }: WantedAction, now: number): AlertAction[] {
  if (kind === 'restart-app') return [{ kind, dyno: null, state: 'due', at: now, detail: null }];
  return dynos.map((dyno): AlertAction => {
    if (dyno.includes('.')) return { kind, dyno, state: 'due', at: now, detail: null };
    const detail = 'Heroku names no dyno for it; restart-app would restart all of them';
    return { kind, dyno, state: 'impossible', at: now, detail };
  });
}

/** Whether it may still come to something. */
export function isUnderWay({ state }: Pick<AlertAction, 'state'>): boolean {
  return state === 'due' || state === 'claimed';
}

/** A claim that was not settled for this long is one whose processor died; ms. Heroku has less time to answer. */
export const actionClaimMs = 15_000;

/** When the next of them is to be looked at, ms since 1970; null: none is under way. */
export function nextActionAt(actions: readonly AlertAction[], now: number): number | null {
  const times = actions.filter(isUnderWay).map(({ state, at }) => (state === 'due' ? now : at + actionClaimMs));
  return times.length === 0 ? null : Math.min(...times);
}

/** Alerts of which Redis lost what became of them: what was under way may have been done. */
export function actionsAfterLoss(actions: readonly AlertAction[]): AlertAction[] {
  return actions.map((action) =>
    isUnderWay(action) ? { ...action, state: 'unknown', detail: 'Redis lost its data meanwhile' } : action,
  );
}

/** `restarting worker.1 failed: Couldn't find that app.` */
export function actionSentence({ kind, dyno, state, detail }: AlertAction): string {
  const what = kind === 'restart-app' ? 'the app' : String(dyno);
  const because = detail === null ? '' : `: ${detail}`;
  switch (state) {
    case 'due':
    case 'claimed':
      return `${what} is being restarted`;
    case 'done':
      return `${what} was restarted${because}`;
    case 'dry-run':
      return `${what} would have been restarted (dry_run)`;
    case 'cooling-down':
    case 'impossible':
      return `${what} was not restarted${because}`;
    case 'failed':
      return `restarting ${what} failed${because}`;
    case 'unknown':
      return `it is not known whether ${what} was restarted${because}`;
    default: {
      const unhandled: never = state;
      return unhandled;
    }
  }
}
