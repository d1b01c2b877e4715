/**
 * The domain's words, defined here once:
 *
 * - **heartbeat**: one signed report of a server. Its arrival moves the server's deadline.
 * - **deadline**: the moment on the observed clock at which a server without a heartbeat is silent.
 * - **observed clock**: time during which some API could have taken a heartbeat. Deadlines live on it.
 * - **problem**: something that is wrong right now (`problem.ts`).
 * - **alert**: the record of a problem over time: created → ongoing → closed.
 * - **transition**: one step of an alert, written in the same script as the step itself.
 * - **notification**: one receiver to be told of one transition, kept until it is accepted (`notification.ts`).
 * - **receiver**: a configured way to tell people: an address list, a channel, a webhook.
 * - **route**: which receivers are told of which alerts.
 * - **silence**: a time during which matching notifications are held back; the record goes on.
 * - **epoch**: the number and token of one leadership; scripts refuse to write under an older one.
 * - **goodbye**: a server's word that it stops on purpose; a floor under its deadline.
 */
import { type AlertAction, actionsAfterLoss, dueActions, type WantedAction } from './alert-action.ts';
import type { AlertContext } from './alert-context.ts';
import type { Problem, Severity } from './problem.ts';

export const alertStates = ['created', 'ongoing', 'closed'] as const;
export type AlertState = (typeof alertStates)[number];

/** `recovered`: the problem is gone. `removed`: its subject is (an unmounted filesystem). The rest name an act. */
export const closingReasons = ['recovered', 'forgotten', 'revoked', 'stopped', 'removed'] as const;
export type ClosingReason = (typeof closingReasons)[number];

/** All times are milliseconds since 1970 by Redis' clock, or null while they have not come. */
export interface Alert {
  readonly id: string;
  /** Raised by every write: a writer that read an older version is refused and reads again. */
  readonly version: number;
  readonly server: string | null;
  readonly kind: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly summary: string;
  /** When the server was last heard before the alert opened. */
  readonly lastHeardAt: number | null;
  /** When its next heartbeat was due, for `offline`. */
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly ongoingAt: number | null;
  readonly acknowledgement: Acknowledgement | null;
  /** Set while it flaps: then it stays open through short recoveries. */
  readonly flapping: Flapping | null;
  /** Named by the rule that found it: they are told instead of those that the routes name. */
  readonly receivers?: readonly string[];
  /** What the rule that found it has done about it; left out where it has nothing done. */
  readonly actions?: readonly AlertAction[];
  /** The server's labels when it opened: what silences and routes match. */
  readonly labels: Readonly<Record<string, string>>;
  readonly closedAt: number | null;
  readonly closedBecause: ClosingReason | null;
  /** What to know beside it, as it was when it opened; left out where there is nothing. */
  readonly context?: AlertContext;
}

/** Somebody has seen the alert: it reminds nobody until it closes. */
export interface Acknowledgement {
  readonly at: number;
  /** Who: a user's name, or the address that acted where there is no sign-in. */
  readonly by: string;
  readonly comment: string;
}

export interface Flapping {
  readonly since: number;
  /** When the problem last came or went. */
  readonly changedAt: number;
  /** Whether it stands now. */
  readonly standing: boolean;
}

/** What a person needs to know of the server at the moment an alert opens. */
export interface OpeningFacts {
  /** Null for what concerns the whole fleet, or the monitor itself. */
  readonly server: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly lastHeardAt: number | null;
  readonly dueAt: number | null;
}

/** A new alert for a problem. `id` comes from outside, since randomness is I/O. */
export function openedAlert(id: string, problem: Problem, facts: OpeningFacts, now: number): Alert {
  return {
    id,
    version: 1,
    server: facts.server,
    kind: problem.kind,
    subject: problem.subject,
    severity: problem.severity,
    state: 'created',
    summary: problem.summary,
    lastHeardAt: facts.lastHeardAt,
    dueAt: facts.dueAt,
    createdAt: now,
    ongoingAt: null,
    acknowledgement: null,
    flapping: null,
    labels: facts.labels,
    ...(problem.receivers === undefined ? {} : { receivers: problem.receivers }),
    ...(problem.action === undefined ? {} : { actions: dueActions(problem.action, now) }),
    closedAt: null,
    closedBecause: null,
    ...(problem.context === undefined ? {} : { context: problem.context }),
  };
}

/** The alert one `alert_process_interval` later, when the problem still stands. */
export function ongoingAlert(alert: Alert, now: number): Alert {
  return { ...alert, version: alert.version + 1, state: 'ongoing', ongoingAt: now };
}

/** An alert that Redis lost, open as it was before, to be judged anew: people were told that it opened, and not yet that it closed. */
export function reopenedAlert(alert: Alert): Alert {
  const { actions } = alert;
  const known = actions === undefined ? alert : { ...alert, actions: actionsAfterLoss(actions) };
  if (alert.state !== 'closed') return known;
  return { ...known, state: alert.ongoingAt === null ? 'created' : 'ongoing', closedAt: null, closedBecause: null };
}

/** The alert with one of its actions in another state. @param index among its actions. */
export function alertWithAction(alert: Alert, index: number, action: AlertAction): Alert {
  const actions = (alert.actions ?? []).map((other, at) => (at === index ? action : other));
  return { ...alert, version: alert.version + 1, actions };
}

/** The alert when what it is about has begun again while it flapped: then it is acted upon again. */
export function actedUponAgain(alert: Alert, wanted: WantedAction, now: number): Alert {
  return { ...alert, actions: [...(alert.actions ?? []), ...dueActions(wanted, now)] };
}

export function closedAlert(alert: Alert, because: ClosingReason, now: number): Alert {
  return { ...alert, version: alert.version + 1, state: 'closed', closedAt: now, closedBecause: because };
}

/** How long the problem stood: until it closed, or until `now`. Milliseconds, never negative. */
export function alertDuration(alert: Pick<Alert, 'createdAt' | 'closedAt'>, now: number): number {
  return Math.max(0, (alert.closedAt ?? now) - alert.createdAt);
}

export function acknowledgedAlert(alert: Alert, acknowledgement: Acknowledgement | null): Alert {
  return { ...alert, version: alert.version + 1, acknowledgement };
}

/** An open alert that a judgement found no longer justified, and why. */
export interface Ending {
  readonly key: string;
  readonly because: ClosingReason;
}
