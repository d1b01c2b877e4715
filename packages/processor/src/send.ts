/** The third step of a pass: due notifications are claimed, described and handed to their receivers. */
import { type NotificationFacts, retryPause, type SendOutcome } from '@healthapp/shared/domain/notification';
import {
  type Claim,
  claimLeaseMs,
  claimNotification,
  dueNotifications,
  renewClaim,
  type Settlement,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { errorText, Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Receiver } from './ports.ts';

export interface SenderOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly receivers: readonly Receiver[];
  readonly publicUrl: string | null;
  /** Wall clock, ms since 1970: what the messages say. */
  readonly now: () => number;
  /** Called when a place became free or a queue went on, so that the loop looks again at once. */
  readonly onSettled: () => void;
  readonly logger: Logger;
}

export interface Sender {
  /** Begins to send what is due by `now`, as far as there are free places; does not wait for the receivers. */
  sendDue(now: number): Promise<void>;
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>;
}

/** Messages under way to one receiver at a time: a slow one holds up nobody but itself. */
const placesPerReceiver = 4;
/** A receiver that takes longer is given up on; the message is tried again later. */
const longestSendMs = 60_000;
const renewEveryMs = claimLeaseMs / 3;

export function createSender(options: SenderOptions): Sender {
  const { partition, leadership, receivers, logger } = options;
  const sending = new Map<string, Set<Promise<void>>>(receivers.map((receiver) => [receiver.name, new Set()]));

  async function sendDueTo(receiver: Receiver, now: number): Promise<void> {
    const places = sending.get(receiver.name) as Set<Promise<void>>;
    const free = placesPerReceiver - places.size;
    if (free <= 0) return;
    for (const id of await dueNotifications(partition, receiver.name, now, free)) {
      if (!leadership.holds()) throw new LeadershipLost();
      const claimedAt = performance.now();
      const claim = await claimNotification(partition, leadership.epoch, id, receiver.name);
      if (claim.kind === 'lost') throw new LeadershipLost();
      if (claim.kind === 'later') continue;
      const work = deliver(receiver, id, claim, claimedAt)
        .catch((error: unknown) => {
          logger.error('what came of a notification could not be recorded', { notification: id, error });
        })
        .finally(() => {
          places.delete(work);
          options.onSettled();
        });
      places.add(work);
    }
  }

  async function deliver(
    receiver: Receiver,
    id: string,
    claim: Exclude<Claim, { kind: 'later' | 'lost' }>,
    claimedAt: number,
  ): Promise<void> {
    const fields = { notification: id, receiver: receiver.name };
    if (claim.kind === 'expired') {
      await settleNotification(partition, id, receiver.name, claim.attempt, {
        kind: 'expired',
        reason: 'no receiver took it within 24 h',
      });
      logger.error('notification expired', fields);
      return;
    }
    const outcome = await attemptOf(receiver, id, claim, claimedAt);
    const settlement = settlementOf(outcome, claim.attempt);
    const recorded = await settleNotification(partition, id, receiver.name, claim.attempt, settlement);
    if (!recorded) {
      logger.warn('another leader has sent this notification meanwhile', fields);
      return;
    }
    logSettlement(logger, settlement, { ...fields, attempt: claim.attempt });
  }

  async function attemptOf(
    receiver: Receiver,
    id: string,
    claim: Extract<Claim, { kind: 'claimed' }>,
    claimedAt: number,
  ): Promise<SendOutcome> {
    if (claim.alert === null) return { kind: 'refused', reason: 'the record of its alert cannot be read' };
    const facts: NotificationFacts = {
      event: claim.event,
      id,
      receiver: receiver.name,
      number: claim.number,
      alert: claim.alert,
      now: options.now(),
      publicUrl: options.publicUrl,
    };
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), longestSendMs);
    const renewing = setInterval(() => {
      renewClaim(partition, leadership.epoch, id, receiver.name, claim.attempt).then(
        (ours) => {
          if (!ours) giveUp.abort();
        },
        () => {},
      );
    }, renewEveryMs);
    try {
      const payload = receiver.describe(facts);
      // After a pause of the process the claim may be another's: what was not begun is not begun any more.
      if (performance.now() - claimedAt > claimLeaseMs) return retry('this process was paused');
      await receiver.send(payload, giveUp.signal);
      return { kind: 'accepted' };
    } catch (error) {
      if (giveUp.signal.aborted) return retry(`no answer within ${longestSendMs / 1000} s`);
      if (error instanceof Permanent) return { kind: 'refused', reason: errorText(error) };
      if (error instanceof Retryable) return retry(errorText(error), error.afterMs);
      // A fault of ours is no reason to lose a notification.
      logger.error('a receiver failed unexpectedly', { notification: id, receiver: receiver.name, error });
      return retry(errorText(error));
    } finally {
      clearTimeout(timer);
      clearInterval(renewing);
    }
  }

  return {
    async sendDue(now) {
      const outcomes = await Promise.allSettled(receivers.map((receiver) => sendDueTo(receiver, now)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    async idle() {
      await Promise.all([...sending.values()].flatMap((places) => [...places]));
    },
  };
}

function retry(reason: string, afterMs: number | null = null): SendOutcome {
  return { kind: 'retry', reason, afterMs };
}

function settlementOf(outcome: SendOutcome, attempt: number): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return outcome;
    case 'refused':
      return outcome;
    case 'retry':
      return { kind: 'retry', reason: outcome.reason, pauseMs: retryPause(attempt, outcome.afterMs) };
    default: {
      const unhandled: never = outcome;
      return unhandled;
    }
  }
}

function logSettlement(logger: Logger, settlement: Settlement, fields: Record<string, unknown>): void {
  switch (settlement.kind) {
    case 'accepted':
      logger.info('notification accepted', fields);
      return;
    case 'retry':
      logger.warn('notification not accepted yet', {
        ...fields,
        reason: settlement.reason,
        pauseMs: settlement.pauseMs,
      });
      return;
    case 'refused':
    case 'expired':
      logger.error(`notification ${settlement.kind}`, { ...fields, reason: settlement.reason });
      return;
    default: {
      const unhandled: never = settlement;
      throw new Error(`unhandled settlement ${JSON.stringify(unhandled)}`);
    }
  }
}
