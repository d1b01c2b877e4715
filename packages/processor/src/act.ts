/** A step of a pass: what rules want done about an alert that opened is claimed, done once, and its outcome written. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Cooldowns } from '@healthapp/shared/config/config';
import { type Alert, alertWithAction } from '@healthapp/shared/domain/alert';
import { type AlertAction, actionClaimMs, actionSentence, isUnderWay } from '@healthapp/shared/domain/alert-action';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { alertsToActOn, claimAction, nothingToDo, settleAction } from '@healthapp/shared/redis/actions';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import type { Partition } from '@healthapp/shared/redis/partition';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { RestartOutcome, Restarts } from './ports.ts';

export interface ActorOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  /** Null: there is no key to do it with. */
  readonly restarts: Restarts | null;
  readonly cooldowns: Cooldowns;
  /** Whether it is only told what would be done. */
  readonly dryRun: boolean;
  /** What this process has sent, of all its leaderships: a Redis that comes back older does not know it. */
  readonly sent: Set<string>;
  /** Called when an outcome is written, so that the loop tells of it at once. */
  readonly onSettled: () => void;
  readonly logger: Logger;
}

export interface Actor {
  /** Begins what is due by `now`, ms since 1970; does not wait for Heroku. */
  actDue(now: number): Promise<void>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/** Alerts that are acted upon at a time. */
const places = 20;
/** An outcome that Redis did not take is offered again for as long as the claim lasts. */
const pauseMs = 500;

export function createActor(options: ActorOptions): Actor {
  const { partition, leadership, restarts, cooldowns, dryRun, sent, logger } = options;
  const working = new Map<string, Promise<void>>();

  /** Does all that is due about one alert, one after the other. */
  async function actOn(id: string): Promise<void> {
    while (leadership.holds()) {
      const [alert = null] = await loadAlerts(partition, [id]);
      const index = alert?.actions?.findIndex(isUnderWay) ?? -1;
      const action = alert?.actions?.[index];
      if (alert === null || action === undefined) return nothingToDo(partition, id);
      const { now } = await readClock(partition);
      if (action.state === 'claimed') {
        // Somebody else sends it.
        if (now < action.at + actionClaimMs) return;
        await settle(id, index, 'unknown', 'the processor that claimed it stopped before it had an answer', null);
      } else if (!(await begin(alert, index, action, now))) return;
    }
  }

  /** @returns false when this process leads no longer. */
  async function begin(alert: Alert, index: number, action: AlertAction, now: number): Promise<boolean> {
    const { id } = alert;
    const app = alert.server === null ? null : appNameOf(alert.server);
    const key = `${id} ${index}`;
    if (alert.state === 'closed' || app === null) {
      await settle(id, index, 'impossible', 'it was over before it could be done', null);
    } else if (sent.has(key)) {
      await settle(id, index, 'unknown', 'Redis lost its data after it was sent', null);
    } else if (restarts === null && !dryRun) {
      await settle(id, index, 'failed', 'the processor has no key to do it with: set heroku.api_key', null);
    } else {
      const claimed = alertWithAction(alert, index, { ...action, state: 'claimed', at: now });
      const claimedAt = performance.now();
      const claim = await claimAction(partition, leadership.epoch, alert, claimed, action, cooldowns, now);
      if (claim.kind === 'lost') return false;
      if (claim.kind === 'cooling-down') {
        const what = claim.dyno === null ? 'the app' : 'it';
        const ago = formatDuration(now - claim.at);
        await settle(id, index, 'cooling-down', `${what} was restarted ${ago} before`, null);
      } else if (claim.kind === 'claimed') {
        if (dryRun || restarts === null) await settle(id, index, 'dry-run', null, null);
        else {
          sent.add(key);
          const outcome = await sendOnce(restarts, app, action, claimedAt);
          const words = outcome.kind === 'done' ? null : outcome.words;
          await settle(id, index, outcome.kind, words, outcome.kind === 'failed' ? claim.at : null);
        }
      }
    }
    return true;
  }

  /** After a pause of the process the claim may have ended: what was not begun is not begun any more. */
  async function sendOnce(
    restarting: Restarts,
    app: string,
    { dyno }: AlertAction,
    claimedAt: number,
  ): Promise<RestartOutcome> {
    const left = actionClaimMs - (performance.now() - claimedAt);
    if (left <= 0) return { kind: 'failed', words: 'this process was paused before it could send it' };
    return restarting.restart(app, dyno, AbortSignal.timeout(Math.ceil(left)));
  }

  async function settle(
    id: string,
    index: number,
    state: AlertAction['state'],
    detail: string | null,
    claimedAt: number | null,
  ): Promise<void> {
    const giveUpAt = performance.now() + actionClaimMs;
    for (;;) {
      try {
        if (await wroteOutcome(id, index, state, detail, claimedAt)) break;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await pause(pauseMs);
      }
    }
    options.onSettled();
  }

  /** @returns false when somebody else changed the alert in between. */
  async function wroteOutcome(
    id: string,
    index: number,
    state: AlertAction['state'],
    detail: string | null,
    claimedAt: number | null,
  ): Promise<boolean> {
    const [alert = null] = await loadAlerts(partition, [id]);
    const was = alert?.actions?.[index];
    // Another may have given it up as unknown meanwhile; what is known by now goes before that.
    if (alert === null || was === undefined || !(isUnderWay(was) || was.state === 'unknown')) return true;
    const { now } = await readClock(partition);
    const action: AlertAction = { ...was, state, at: now, detail };
    if (!(await settleAction(partition, alert, alertWithAction(alert, index, action), action, claimedAt))) return false;
    const fields = { alert: id, server: alert.server, action: action.kind, state };
    if (state === 'failed' || state === 'unknown') logger.error(actionSentence(action), fields);
    else logger.info(actionSentence(action), fields);
    return true;
  }

  return {
    async actDue(now) {
      for (const id of await alertsToActOn(partition, now, places)) {
        if (working.has(id) || working.size >= places) continue;
        if (!leadership.holds()) throw new LeadershipLost();
        const work = actOn(id)
          .catch((error: unknown) => logger.error('an action could not be done', { alert: id, error }))
          .finally(() => {
            working.delete(id);
            options.onSettled();
          });
        working.set(id, work);
      }
    },
    async idle() {
      await Promise.all(working.values());
    },
  };
}
