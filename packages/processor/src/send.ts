/** The third step of a pass: due notifications are claimed, described and handed to their receivers. */
import { randomBytes } from 'node:crypto';
import type { Cooldowns } from '@healthapp/shared/config/config';
import { type HoldContext, holdDecision, isOver } from '@healthapp/shared/domain/hold';
import { type NotificationFacts, type Receipt, retryPause } from '@healthapp/shared/domain/notification';
import { breachKinds, breachTopic } from '@healthapp/shared/domain/rule';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { type Hold, holdNotifications } from '@healthapp/shared/redis/held-notifications';
import {
  type Claim,
  claimLeaseMs,
  claimNotification,
  dueNotifications,
  formGroups,
  isGroupId,
  loadNotifications,
  renewClaim,
  reserveMails,
  type Settlement,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { errorText, type FailureReason, Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Memory } from './memory.ts';
import type { Receiver } from './ports.ts';
import type { Tally } from './tally.ts';

export interface SenderOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly receivers: readonly Receiver[];
  readonly memory: Pick<Memory, 'noteTold' | 'putBack'>;
  readonly publicUrl: string | null;
  /** In which messages show times; an IANA name. */
  readonly timezone: string;
  /** A receiver's first message goes at once, others within this time become one; 0: each by itself. ms. */
  readonly groupWindowMs: number;
  readonly cooldowns: Pick<Cooldowns, 'emailMs'>;
  /** Wall clock, ms since 1970: what the messages say. */
  readonly now: () => number;
  /** Called when a place became free or a queue went on, so that the loop looks again at once. */
  readonly onSettled: () => void;
  readonly tally: Tally;
  readonly logger: Logger;
}

export interface Sender {
  /** Begins to send what is due by `now`, as far as there are free places; does not wait for the receivers. */
  sendDue(now: number, holds: HoldContext): Promise<void>;
  /** Names of the receivers to which another message could begin: of the others one is to end first. */
  receiversWithPlace(): string[];
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>;
}

/** An opening about an error of an app. */
interface Breach {
  /** Of its notification. */
  readonly id: string;
  /** Of which one mail is sent within its cooldown. */
  readonly about: string;
  /** Whether its alert has closed. */
  readonly over: boolean;
}

/** Messages under way to one receiver at a time: a slow one holds up nobody but itself. */
const placesPerReceiver = 4;
/** Due notifications looked at together. As many may become one message. */
const prepared = 5000;
/** A receiver that takes longer is given up on; the message is tried again later. */
const longestSendMs = 60_000;
const renewEveryMs = claimLeaseMs / 3;

export function createSender(options: SenderOptions): Sender {
  const { partition, leadership, receivers, logger } = options;
  const sending = new Map<string, Set<Promise<void>>>(receivers.map((receiver) => [receiver.name, new Set()]));

  /**
   * Holds what is to be held, and joins what is to be one message: both before the first attempt.
   * @returns what was looked at.
   */
  async function prepare(receiver: Receiver, holds: HoldContext, now: number): Promise<ReadonlySet<string>> {
    const ids = await dueNotifications(partition, receiver.name, now, prepared);
    const lookedAt = new Set(ids);
    if (ids.length === 0) return lookedAt;
    const notifications = await loadNotifications(partition, ids);
    const alerts = await loadAlerts(
      partition,
      notifications.map(({ alertId }) => alertId),
    );
    const held: Hold[] = [];
    const free: string[] = [];
    const breaches: Breach[] = [];
    notifications.forEach(({ id, event }, index) => {
      const alert = alerts[index] ?? null;
      const decision = alert === null ? null : holdDecision(event, alert, receiver.name, holds);
      const over = alert !== null && isOver(alert);
      if (decision?.kind === 'hold') held.push({ id, receiver: receiver.name, ...decision, over });
      else {
        free.push(id);
        if (event === 'created' && alert !== null && breachKinds.includes(alert.kind)) {
          breaches.push({ id, about: breachTopic(alert), over });
        }
      }
    });
    for (const { id, until, over } of await coolingDown(receiver, breaches)) {
      held.push({ id, receiver: receiver.name, because: 'cooling-down', until, over });
      free.splice(free.indexOf(id), 1);
    }
    if (!leadership.holds()) throw new LeadershipLost();
    if (held.length > 0 && !(await holdNotifications(partition, leadership.epoch, held))) throw new LeadershipLost();
    if (options.groupWindowMs === 0 || free.length === 0) return lookedAt;
    const token = randomBytes(6).toString('hex');
    const { epoch } = leadership;
    if (!(await formGroups(partition, epoch, receiver.name, options.groupWindowMs, token, free)))
      throw new LeadershipLost();
    return lookedAt;
  }

  /** Mails about an error of which the receiver had one a moment ago; the others have their turn reserved. */
  async function coolingDown(
    receiver: Receiver,
    breaches: readonly Breach[],
  ): Promise<(Breach & { readonly until: number })[]> {
    const { emailMs } = options.cooldowns;
    if (receiver.kind !== 'email' || emailMs === 0 || breaches.length === 0) return [];
    const times = await reserveMails(partition, leadership.epoch, receiver.name, emailMs, breaches);
    if (times === undefined) throw new LeadershipLost();
    return breaches.flatMap((breach, index) => {
      const until = times[index] ?? null;
      return until === null ? [] : [{ ...breach, until }];
    });
  }

  async function sendDueTo(receiver: Receiver, now: number, holds: HoldContext): Promise<void> {
    const places = sending.get(receiver.name) as Set<Promise<void>>;
    const free = placesPerReceiver - places.size;
    if (free <= 0) return;
    const lookedAt = await prepare(receiver, holds, now);
    for (const id of await dueNotifications(partition, receiver.name, now, free)) {
      // More is due than is looked at together: the next pass does that.
      if (!lookedAt.has(id) && !isGroupId(id)) continue;
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
        words: 'no receiver took it within 24 h',
        reason: 'too-old',
      });
      logger.error('notification expired', fields);
      return;
    }
    const outcome = await attemptOf(receiver, id, claim, claimedAt);
    const settlement = claim.event === 'test' ? testSettlement(outcome) : settlementOf(outcome, claim.attempt);
    if (outcome.kind === 'accepted') {
      options.memory.noteTold({ ...claim, receiver: receiver.name, receipt: outcome.receipt, at: options.now() });
    }
    const recorded = await settleNotification(partition, id, receiver.name, claim.attempt, settlement);
    if (!recorded) {
      // Or Redis lost it while it was under way, after what it lost had been put back.
      if (outcome.kind === 'accepted') await options.memory.putBack();
      logger.warn('another leader has sent this notification meanwhile, or redis has lost it', fields);
      return;
    }
    logSettlement(logger, settlement, { ...fields, attempt: claim.attempt });
  }

  function factsOf(
    receiver: Receiver,
    id: string,
    { event, number, alerts: [first, ...others] }: Extract<Claim, { kind: 'claimed' }>,
  ): NotificationFacts | null {
    const { publicUrl, timezone } = options;
    const common = { id, receiver: receiver.name, number, now: options.now(), publicUrl, timezone };
    if (event === 'test') return { ...common, event, alerts: [] };
    return first === undefined ? null : { ...common, event, alerts: [first, ...others] };
  }

  async function attemptOf(
    receiver: Receiver,
    id: string,
    claim: Extract<Claim, { kind: 'claimed' }>,
    claimedAt: number,
  ): Promise<Outcome> {
    const facts = factsOf(receiver, id, claim);
    if (facts === null) {
      options.tally.add('set-aside|alert');
      return { kind: 'refused', words: 'the record of its alert cannot be read', reason: 'fault' };
    }
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
      if (performance.now() - claimedAt > claimLeaseMs) return retry('this process was paused', 'fault');
      return { kind: 'accepted', receipt: await receiver.send(payload, giveUp.signal) };
    } catch (error) {
      if (giveUp.signal.aborted) return retry(`no answer within ${longestSendMs / 1000} s`, 'timeout');
      if (error instanceof Permanent) return { kind: 'refused', words: errorText(error), reason: error.reason };
      if (error instanceof Retryable) return retry(errorText(error), error.reason, error.afterMs);
      // A fault of ours is no reason to lose a notification.
      logger.error('a receiver failed unexpectedly', { notification: id, receiver: receiver.name, error });
      return retry(errorText(error), 'fault');
    } finally {
      clearTimeout(timer);
      clearInterval(renewing);
    }
  }

  return {
    async sendDue(now, holds) {
      const outcomes = await Promise.allSettled(receivers.map((receiver) => sendDueTo(receiver, now, holds)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    receiversWithPlace: () =>
      [...sending].filter(([, places]) => places.size < placesPerReceiver).map(([name]) => name),
    async idle() {
      await Promise.all([...sending.values()].flatMap((places) => [...places]));
    },
  };
}

/** What came of one try. Adapters throw `Retryable` or `Permanent`; here that becomes one of these. */
type Outcome =
  | { readonly kind: 'accepted'; readonly receipt: Receipt | null }
  | {
      readonly kind: 'retry';
      readonly words: string;
      readonly reason: FailureReason;
      readonly afterMs: number | null;
    }
  | { readonly kind: 'refused'; readonly words: string; readonly reason: FailureReason };

function retry(words: string, reason: FailureReason, afterMs: number | null = null): Outcome {
  return { kind: 'retry', words, reason, afterMs };
}

/** Somebody waits for the answer: a test is tried once. */
function testSettlement(outcome: Outcome): Settlement {
  if (outcome.kind !== 'retry') return outcome;
  return { kind: 'refused', words: outcome.words, reason: outcome.reason };
}

function settlementOf(outcome: Outcome, attempt: number): Settlement {
  if (outcome.kind !== 'retry') return outcome;
  const { words, reason, afterMs } = outcome;
  return { kind: 'retry', words, reason, pauseMs: retryPause(attempt, afterMs) };
}

function logSettlement(logger: Logger, settlement: Settlement, fields: Record<string, unknown>): void {
  switch (settlement.kind) {
    case 'accepted':
      logger.info('notification accepted', fields);
      return;
    case 'retry':
      logger.warn('notification not accepted yet', {
        ...fields,
        reason: settlement.words,
        pauseMs: settlement.pauseMs,
      });
      return;
    case 'refused':
    case 'expired':
      logger.error(`notification ${settlement.kind}`, { ...fields, reason: settlement.words });
      return;
    default: {
      const unhandled: never = settlement;
      throw new Error(`unhandled settlement ${JSON.stringify(unhandled)}`);
    }
  }
}
