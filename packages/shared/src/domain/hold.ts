/** Whether a notification may go out now, or what holds it, by name. Pure. */
import type { Alert } from './alert.ts';
import { isUnderWay } from './alert-action.ts';
import type { MassSilence } from './mass-silence.ts';
import type { NotificationEvent } from './notification.ts';
import { isMomentary } from './problem.ts';
import { type ActiveSilence, silencedUntil } from './silence.ts';

export interface HoldContext {
  readonly silences: readonly ActiveSilence[];
  readonly massSilence: MassSilence | null;
  /** Until when quiet hours hold an alert back from a receiver, ms since 1970; null: none do. */
  readonly quietUntil: (alert: Alert, receiver: string) => number | null;
}

export type HoldDecision =
  | { readonly kind: 'send' }
  /** `until`: when to ask again, ms since 1970; null: when somebody acts. */
  | { readonly kind: 'hold'; readonly because: HoldReason; readonly until: number | null };

export type HoldReason =
  | 'silenced'
  | 'acknowledged'
  | 'mass-silence'
  | 'flapping'
  | 'quiet-hours'
  /** What its rule does about it is under way: the message says what came of it. */
  | 'action'
  /** This receiver had a mail about the same error a moment ago. */
  | 'cooling-down';

/**
 * Whether an alert has closed, so that what holds a message about its opening ends it: nobody is told of what is over
 * who heard nothing while it stood. What is over as soon as it happens is told all the same.
 */
export function isOver(alert: Pick<Alert, 'state' | 'kind'>): boolean {
  return alert.state === 'closed' && !isMomentary(alert.kind);
}

/**
 * Who heard that an alert opened hears that it closed, whatever holds other messages; in quiet hours, at
 * their end. Whether anybody heard is settled before: what was held and has closed meanwhile is not sent at all.
 */
export function holdDecision(
  event: NotificationEvent,
  alert: Alert,
  receiver: string,
  context: HoldContext,
): HoldDecision {
  if (event === 'test') return { kind: 'send' };
  if (event === 'closed' || event === 'happened') return quietDecision(alert, receiver, context);
  const until = silencedUntil(alert, context.silences);
  if (until !== null) return { kind: 'hold', because: 'silenced', until };
  if (alert.acknowledgement !== null) return { kind: 'hold', because: 'acknowledged', until: null };
  // Under way for seconds; a claim that nobody settles ends by itself.
  if (event === 'created' && alert.state !== 'closed' && alert.actions?.some(isUnderWay) === true) {
    return { kind: 'hold', because: 'action', until: null };
  }
  // Told once that it comes and goes; what stands is told when it has kept still.
  if (event === 'ongoing' && alert.flapping !== null) return { kind: 'hold', because: 'flapping', until: null };
  const { massSilence } = context;
  if (massSilence !== null && alert.kind === 'offline' && alert.createdAt >= massSilence.foundAt) {
    return { kind: 'hold', because: 'mass-silence', until: null };
  }
  return quietDecision(alert, receiver, context);
}

function quietDecision(alert: Alert, receiver: string, { quietUntil }: HoldContext): HoldDecision {
  const until = quietUntil(alert, receiver);
  return until === null ? { kind: 'send' } : { kind: 'hold', because: 'quiet-hours', until };
}
