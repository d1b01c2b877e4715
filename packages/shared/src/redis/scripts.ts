import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import addToken from './scripts/add-token.lua';
import addUser from './scripts/add-user.lua';
import appendHistory from './scripts/append-history.lua';
import applyJudgements from './scripts/apply-judgements.lua';
import askHeldAgain from './scripts/ask-held-again.lua';
import changeUser from './scripts/change-user.lua';
import claimAction from './scripts/claim-action.lua';
import claimLogMinutes from './scripts/claim-log-minutes.lua';
import claimNotification from './scripts/claim-notification.lua';
import countAttempt from './scripts/count-attempt.lua';
import endEpoch from './scripts/end-epoch.lua';
import endSession from './scripts/end-session.lua';
import expectServer from './scripts/expect-server.lua';
import expireAlerts from './scripts/expire-alerts.lua';
import expireReceiver from './scripts/expire-receiver.lua';
import expireReminders from './scripts/expire-reminders.lua';
import fanOut from './scripts/fan-out.lua';
import finishLogMinutes from './scripts/finish-log-minutes.lua';
import fixPartitions from './scripts/fix-partitions.lua';
import forgetServer from './scripts/forget-server.lua';
import formGroups from './scripts/form-groups.lua';
import giveBackAttempt from './scripts/give-back-attempt.lua';
import history from './scripts/history.lua';
import holdNotifications from './scripts/hold-notifications.lua';
import judgeAll from './scripts/judge-all.lua';
import judgeLogs from './scripts/judge-logs.lua';
import keepMark from './scripts/keep-mark.lua';
import notePass from './scripts/note-pass.lua';
import noteRouting from './scripts/note-routing.lua';
import noteTokenUse from './scripts/note-token-use.lua';
import prelude from './scripts/prelude.lua';
import putBack from './scripts/put-back.lua';
import putRule from './scripts/put-rule.lua';
import readHistory from './scripts/read-history.lua';
import readServers from './scripts/read-servers.lua';
import recordAppLogs from './scripts/record-app-logs.lua';
import recordHeartbeats from './scripts/record-heartbeats.lua';
import releaseNotifications from './scripts/release-notifications.lua';
import remind from './scripts/remind.lua';
import removeToken from './scripts/remove-token.lua';
import removeUser from './scripts/remove-user.lua';
import renewClaim from './scripts/renew-claim.lua';
import requestTest from './scripts/request-test.lua';
import reserveMail from './scripts/reserve-mail.lua';
import revokeServer from './scripts/revoke-server.lua';
import setMassSilence from './scripts/set-mass-silence.lua';
import setOngoing from './scripts/set-ongoing.lua';
import settleAction from './scripts/settle-action.lua';
import settleNotification from './scripts/settle-notification.lua';
import takeEpoch from './scripts/take-epoch.lua';
import tick from './scripts/tick.lua';
import updateAlert from './scripts/update-alert.lua';
import useSession from './scripts/use-session.lua';

/** Each script's header says its arguments, its answer, and the race that it prevents. */
const sources = {
  addToken,
  addUser,
  changeUser,
  countAttempt,
  endSession,
  giveBackAttempt,
  noteTokenUse,
  removeToken,
  removeUser,
  useSession,
  updateAlert,
  setMassSilence,
  releaseNotifications,
  holdNotifications,
  formGroups,
  forgetServer,
  expectServer,
  askHeldAgain,
  appendHistory,
  applyJudgements,
  claimLogMinutes,
  claimAction,
  claimNotification,
  endEpoch,
  expireReceiver,
  expireReminders,
  expireAlerts,
  fanOut,
  finishLogMinutes,
  fixPartitions,
  judgeAll,
  judgeLogs,
  keepMark,
  notePass,
  putBack,
  putRule,
  readHistory,
  readServers,
  noteRouting,
  recordAppLogs,
  recordHeartbeats,
  remind,
  renewClaim,
  requestTest,
  reserveMail,
  revokeServer,
  setOngoing,
  settleAction,
  settleNotification,
  takeEpoch,
  tick,
} as const;

/** Those before which `history.lua` stands. */
const withHistory: ReadonlySet<string> = new Set<ScriptName>(['appendHistory', 'readHistory', 'recordHeartbeats']);

export type ScriptName = keyof typeof sources;
export type ScriptArgument = string | number;
export type RunScript = (script: ScriptName, args: readonly ScriptArgument[]) => Promise<unknown>;

/** Whether an answer's strings are read as text or left as they are. */
export type AnswerForm = 'text' | 'bytes';

/**
 * Runs the scripts on one connection: sent by their hash, and as text only when Redis does not know them (after a
 * restart). The returned function takes the key that routes the call.
 *
 * The client's own `defineCommand` is not used: every pipeline copies each command that was defined so, and what a
 * call leaves behind outlives young collections.
 */
export function createScripts(
  redis: Redis,
): (script: ScriptName, routingKey: string, args: readonly ScriptArgument[], form?: AnswerForm) => Promise<unknown> {
  const scripts = new Map(Object.entries(sources).map(([name, source]) => [name, scriptOf(name, source)]));
  return async (name, routingKey, args, form = 'text') => {
    const { hash, text } = scripts.get(name) as Script;
    const call = (command: 'evalsha' | 'eval', script: string) =>
      form === 'text'
        ? redis.call(command, script, 1, routingKey, ...args)
        : redis.callBuffer(command, script, 1, routingKey, ...args);
    try {
      return await call('evalsha', hash);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return call('eval', text);
    }
  };
}

interface Script {
  readonly text: string;
  readonly hash: string;
}

function scriptOf(name: string, source: string): Script {
  const text = `${withHistory.has(name) ? `${prelude}\nlocal function open_history()\n${history}\nend` : prelude}\n${source}`;
  return { text, hash: createHash('sha1').update(text).digest('hex') };
}
