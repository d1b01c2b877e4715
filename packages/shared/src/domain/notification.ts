/**
 * A notification is one receiver to be told of one event of one alert. It is a record in Redis from
 * the moment it is decided until long after it was accepted, so no restart loses it.
 */
import type { Alert } from './alert.ts';

/**
 * What happened to the alert. `ongoing` is the reminder: it is still wrong, and for how long. `flapping`:
 * it comes and goes, and is not told of each time. `steady`: it flaps no longer, and stands. `happened`: what is no problem,
 * and is told once (`app-event.ts`).
 */
export const notificationEvents = ['created', 'ongoing', 'closed', 'flapping', 'steady', 'happened', 'test'] as const;
export type NotificationEvent = (typeof notificationEvents)[number];
/** What the processor finds; the others are decided without a transition. */
export type TransitionEvent = Exclude<NotificationEvent, 'ongoing' | 'test'>;

export const notificationStates = ['waiting', 'held', 'accepted', 'refused', 'expired'] as const;
export type NotificationState = (typeof notificationStates)[number];

/** Times are milliseconds since 1970 by Redis' clock. */
export interface Notification {
  /** Derived from alert, receiver, event and number, so that deciding twice writes the same record. */
  readonly id: string;
  readonly alertId: string;
  readonly receiver: string;
  readonly event: NotificationEvent;
  /** 0, and for reminders 1, 2, 3 …: which one it is. */
  readonly number: number;
  readonly state: NotificationState;
  /** Why it is not sent although due, by name; null when nothing holds it. */
  readonly heldBecause: string | null;
  readonly createdAt: number;
  /** Tries begun, the running one included. */
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly acceptedAt: number | null;
  /** The receiver's own words at the last failure. */
  readonly lastError: string | null;
  /** The message that told of it together with others; null when it had one of its own. */
  readonly group: string | null;
  /** Why this receiver is told, in a few words; null for reminders. */
  readonly route: string | null;
}

/** `alert.receiver.event[.n]`: receivers' names and alert ids hold no dot. */
export function notificationId(alertId: string, receiver: string, event: NotificationEvent, number = 0): string {
  return number === 0 ? `${alertId}.${receiver}.${event}` : `${alertId}.${receiver}.${event}.${number}`;
}

/** By what a receiver finds a message again that it delivered, in its own form: a channel and a time, a post's id. */
export type Receipt = string;

/** An alert in a message. */
export interface ToldAlert {
  readonly alert: Alert;
  /** Id of the notification (or group) by which this receiver first heard of it: the root of its thread. */
  readonly root: string;
  /** What the receiver gave for that message; null when it gave nothing, or has not delivered it yet. */
  readonly receipt: Receipt | null;
  /** How many alerts that message was about. */
  readonly rootSize: number;
  /** Set when no route matches the alert, and this receiver is told for want of another. */
  readonly unrouted?: boolean;
}

/** What a receiver is given to describe: everything a message may say, and nothing it has to look up. */
export type NotificationFacts = AlertFacts | TestFacts;

export interface AlertFacts extends CommonFacts {
  readonly event: Exclude<NotificationEvent, 'test'>;
  /** The alerts that it is about: one, or the members of a group, longest open first. */
  readonly alerts: readonly [ToldAlert, ...ToldAlert[]];
}

/** Somebody tries whether the receiver can be reached. */
export interface TestFacts extends CommonFacts {
  readonly event: 'test';
  readonly alerts: readonly [];
}

interface CommonFacts {
  /** The notification's id; a receiver derives what must be equal on a repeat from it. */
  readonly id: string;
  readonly receiver: string;
  /** Which reminder this is: 1, 2, 3 …; 0 for the other events. */
  readonly number: number;
  /** When the message is described, ms since 1970. */
  readonly now: number;
  /** Base of links into the UI, without a slash at the end; null when `public_url` is not set. */
  readonly publicUrl: string | null;
  /** In which the message shows times; an IANA name. */
  readonly timezone: string;
}

/** A notification that no receiver took for a day is of no use any more; it stays visible as `expired`. */
export const deliveryWindowMs = 24 * 60 * 60 * 1000;

const firstPauseMs = 1000;
const longestPauseMs = 5 * 60 * 1000;

/**
 * How long to wait after the `attempts`-th try failed: 1 s, 2 s, 4 s … up to 5 minutes, or what the
 * receiver asked for (`Retry-After`) when that is longer. Milliseconds.
 */
export function retryPause(attempts: number, askedForMs: number | null): number {
  const grown = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, attempts - 1));
  return Math.max(grown, askedForMs ?? 0);
}
