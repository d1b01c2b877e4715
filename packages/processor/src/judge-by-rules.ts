/** What detection reads for the rules of Heroku apps, and how they are judged by it. */
import type { Alert } from '@healthapp/shared/domain/alert';
import type { Judgement } from '@healthapp/shared/domain/detect';
import { earliest } from '@healthapp/shared/domain/flapping';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { breachKinds, type Rule, rulesForApp } from '@healthapp/shared/domain/rule';
import { judgeRules } from '@healthapp/shared/domain/rule-judgement';
import { type BlindWindow, type ClockReading, isBlind, recentBlindness } from '@healthapp/shared/redis/clock';
import { type LogCounts, readLogCounts } from '@healthapp/shared/redis/log-counts';
import type { Partition } from '@healthapp/shared/redis/partition';
import { ownRules } from '@healthapp/shared/redis/rules';
import type { StoredServer } from '@healthapp/shared/redis/servers';

/** Adds to a judgement of an app what its rules find. */
export type JudgeByRules = (server: StoredServer, judgement: Judgement, open: readonly Alert[]) => Judgement;

/** Times that nobody watched may matter as far back as the longest window; each is over a second long. */
const windowsRead = 50;

/**
 * Reads what the rules of these apps are judged by. @param first where the rules lie that operators made.
 * @param configured the rules of the configuration. @param servers `heroku:app`, of this partition.
 */
export async function rulesOf(
  partition: Partition,
  first: Partition,
  configured: readonly Rule[],
  servers: readonly string[],
  clock: ClockReading,
): Promise<JudgeByRules> {
  if (servers.length === 0) return (_, judgement) => judgement;
  const all = [...configured, ...(await ownRules(first))];
  const ruled = servers.filter((server) => rulesForApp(all, appNameOf(server) ?? '').length > 0);
  const [counts, blindness] = await Promise.all([
    readLogCounts(partition, ruled, clock.now),
    ruled.length === 0 ? [] : recentBlindness(partition, windowsRead),
  ]);
  const logs = new Map(ruled.map((server, index) => [server, counts[index] ?? null]));
  const blind = isBlind(clock) ? [...blindness, { from: clock.tickAt, to: clock.now }] : blindness;

  return (server, judgement, open) => {
    const heroku = server.heartbeat?.heroku;
    if (heroku?.gone !== undefined) return judgement;
    const ours = rulesForApp(all, appNameOf(server.name) ?? '');
    if (ours.length === 0 && !open.some(({ kind }) => breachKinds.includes(kind))) return judgement;
    const log = logs.get(server.name) ?? null;
    const watched = (from: number) => watchedSince(from, clock.now, blind, log);
    const ruled = judgeRules(ours, log, open, watched, clock.now, heroku?.releases);
    // While nobody sees how the app is, what is open stays open.
    const isUnseen = judgement.silent || heroku?.unobserved !== undefined;
    return {
      ...judgement,
      problems: [...judgement.problems, ...ruled.problems],
      endings: isUnseen ? judgement.endings : [...judgement.endings, ...ruled.endings],
      judgeAgainAt: earliest(judgement.judgeAgainAt, ruled.judgeAgainAt),
    };
  };
}

/** How much of the time from `from` until now somebody could have counted, ms. */
function watchedSince(from: number, now: number, blind: readonly BlindWindow[], log: LogCounts | null): number {
  const until = Math.max(from, Math.min(now, log?.until ?? now));
  const unwatched = blind.map((window) => Math.max(0, Math.min(until, window.to) - Math.max(from, window.from)));
  return until - from - unwatched.reduce((sum, ms) => sum + ms, 0);
}
