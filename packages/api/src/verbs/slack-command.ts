/** What `/heroku-status` and `/health` in Slack answer, from what Redis holds. */
import { editDistance } from '@healthapp/shared/domain/edit-distance';
import { appNameOf, pollerName, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { alertIds, countOpenAlerts, loadAlerts, openAlertsOf } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { readLeadership } from '@healthapp/shared/redis/leadership';
import { readLogCounts } from '@healthapp/shared/redis/log-counts';
import type { Partition } from '@healthapp/shared/redis/partition';
import {
  countServers,
  loadServers,
  namesOfTrouble,
  namesWithPrefix,
  type StoredServer,
  stateOf,
  unknownBecause,
} from '@healthapp/shared/redis/servers';
import type { Partitions } from '../partitions.ts';
import { type SlackAnswer, sentence } from './slack-answer.ts';
import { allApps, oneApp, type SeenApp, type SeenLog, type SeenPoller, unknownApp } from './slack-apps.ts';
import { fleetHealth, type IllServer } from './slack-fleet.ts';

/** As the person wrote it: `/heroku-status`, `shop`. */
export interface SlackCommand {
  readonly command: string;
  readonly text: string;
}

/** What the answer needs besides Redis. */
export interface SlackSetting {
  readonly publicUrl: string | null;
}

const appPrefix = serverNameOfApp('');
/** Servers loaded in one round trip. */
const chunk = 100;
const mostTrouble = 200;
const mostSuggested = 3;

export async function answerSlackCommand(
  partitions: Partitions,
  { command, text }: SlackCommand,
  setting: SlackSetting,
): Promise<SlackAnswer> {
  const asked = text.trim();
  switch (command) {
    case '/heroku-status':
      return asked === '' ? answerAllApps(partitions, setting) : answerOneApp(partitions, asked, setting);
    case '/health':
      return answerHealth(partitions, setting);
    default:
      return sentence(`HealthApp answers /heroku-status and /health, not ${command.slice(0, 100)}.`);
  }
}

async function answerAllApps(partitions: Partitions, { publicUrl }: SlackSetting): Promise<SlackAnswer> {
  const [apps, poller] = await Promise.all([
    Promise.all(
      partitions.all().map(async (partition) => {
        const names = await namesWithPrefix(partition, appPrefix);
        const { observed, now } = await readClock(partition);
        const seen: SeenApp[] = [];
        for (let at = 0; at < names.length; at += chunk) {
          const servers = await loadServers(partition, names.slice(at, at + chunk));
          seen.push(
            ...(await seenApps(
              partition,
              servers.filter((server) => server !== null),
              observed,
              now,
            )),
          );
        }
        return seen;
      }),
    ),
    seenPoller(partitions),
  ]);
  const sorted = apps.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
  return allApps(sorted, poller, publicUrl);
}

async function answerOneApp(partitions: Partitions, asked: string, { publicUrl }: SlackSetting): Promise<SlackAnswer> {
  const written = asked.toLowerCase();
  const app = appNameOf(written) ?? written;
  const partition = partitions.of(serverNameOfApp(app));
  const [[server], { observed, now }] = await Promise.all([
    loadServers(partition, [serverNameOfApp(app)]),
    readClock(partition),
  ]);
  if (server === undefined || server === null) {
    const all = await Promise.all(partitions.all().map((each) => namesWithPrefix(each, appPrefix)));
    const names = all.flat().map((name) => name.slice(appPrefix.length));
    return unknownApp(asked, nearestNames(app, names), names.length);
  }
  const [[seen], [log], poller] = await Promise.all([
    seenApps(partition, [server], observed, now),
    readLogCounts(partition, [server.name], now),
    seenPoller(partitions),
  ]);
  return oneApp(seen as SeenApp, log as SeenLog, poller, publicUrl, now);
}

/** Names that were perhaps meant: those that begin or go on alike, and those that a slip makes, the nearest first. */
function nearestNames(asked: string, names: readonly string[]): string[] {
  // The distance costs the product of the lengths; Heroku's names have 30 characters at most.
  if (asked.length > 64) return [];
  return names
    .map((name) => {
      const holds = asked.length >= 2 && (name.includes(asked) || asked.includes(name));
      const distance = editDistance(asked, name);
      return { name, holds, distance };
    })
    .filter(({ name, holds, distance }) => holds || distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, mostSuggested)
    .map(({ name }) => name);
}

async function seenApps(
  partition: Partition,
  servers: readonly StoredServer[],
  observed: number,
  now: number,
): Promise<SeenApp[]> {
  const ids = servers.flatMap((server) => Object.values(server.openAlerts));
  const alerts = (await loadAlerts(partition, ids)).filter((alert) => alert !== null);
  return servers.map((server): SeenApp => {
    const state = stateOf(server, observed);
    return {
      name: server.name.slice(appPrefix.length),
      state,
      unknownBecause: unknownBecause(server, state),
      facts: server.heartbeat?.heroku ?? {},
      ageMs: seenAgo(server, now),
      alerts: alerts.filter((alert) => alert.server === server.name),
    };
  });
}

/** How long ago the dynos were read: by Redis' clock since the heartbeat came, by the poller's before it was sent. */
function seenAgo({ receivedAt, heartbeat }: StoredServer, now: number): number | null {
  const readAt = heartbeat?.heroku?.readAt?.dynos;
  if (receivedAt === null || heartbeat === null || readAt === undefined) return null;
  return Math.max(0, now - receivedAt) + Math.max(0, heartbeat.sentAt - readAt);
}

async function seenPoller(partitions: Partitions): Promise<SeenPoller | null> {
  const partition = partitions.of(pollerName);
  const [[poller], { observed, now }] = await Promise.all([loadServers(partition, [pollerName]), readClock(partition)]);
  if (poller === undefined || poller === null) return null;
  const { receivedAt } = poller;
  return { state: stateOf(poller, observed), heardAgoMs: receivedAt === null ? null : Math.max(0, now - receivedAt) };
}

async function answerHealth(partitions: Partitions, { publicUrl }: SlackSetting): Promise<SlackAnswer> {
  const first = partitions.first();
  const [{ now }, { leader }, parts, fleetIds] = await Promise.all([
    readClock(first),
    readLeadership(first),
    Promise.all(partitions.all().map(readTrouble)),
    openAlertsOf(first, ''),
  ]);
  const fleetAlerts = (await loadAlerts(first, Object.values(fleetIds))).filter((alert) => alert !== null);
  const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + of(part), 0);
  return fleetHealth(
    {
      servers: {
        total: sum(({ counts }) => counts.total),
        silent: sum(({ counts }) => counts.silent),
        stopped: sum(({ counts }) => counts.stopped),
        unknown: sum(({ counts }) => counts.unknown),
      },
      openAlerts: sum(({ openAlerts }) => openAlerts),
      fleetAlerts,
      ill: parts.flatMap(({ ill }) => ill).sort(worseFirst),
      more: parts.some(({ more }) => more),
      led: leader !== null,
    },
    publicUrl,
    now,
  );
}

/** Of the sets that the scripts keep, so that it costs the same whatever the number of servers that are well. */
async function readTrouble(partition: Partition) {
  const { observed, now } = await readClock(partition);
  const [counts, openAlerts, silent, newest] = await Promise.all([
    countServers(partition, observed),
    countOpenAlerts(partition),
    namesOfTrouble(partition, observed, mostTrouble),
    alertIds(partition, 'open', null, mostTrouble),
  ]);
  const alerted = await loadAlerts(
    partition,
    newest.map(({ id }) => id),
  );
  const names = new Set([...silent, ...alerted.flatMap((alert) => alert?.server ?? [])]);
  const taken = [...names].slice(0, mostTrouble);
  const servers = (await loadServers(partition, taken)).filter((server) => server !== null);
  const alerts = (
    await loadAlerts(
      partition,
      servers.flatMap((server) => Object.values(server.openAlerts)),
    )
  ).filter((alert) => alert !== null);
  const ill = servers.map((server): IllServer => {
    const { name, receivedAt } = server;
    return {
      name,
      state: stateOf(server, observed),
      heardAgoMs: receivedAt === null ? null : Math.max(0, now - receivedAt),
      problems: alerts
        .filter((alert) => alert.server === name && alert.kind !== 'offline')
        .map(({ summary }) => summary),
    };
  });
  return {
    counts,
    openAlerts,
    ill: ill.filter(({ state, problems }) => problems.length > 0 || state === 'silent' || state === 'unknown'),
    more: names.size > mostTrouble || silent.length >= mostTrouble || newest.length >= mostTrouble,
  };
}

function worseFirst(one: IllServer, other: IllServer): number {
  const rank = ({ state }: IllServer) => (state === 'silent' ? 0 : state === 'up' ? 1 : 2);
  return rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
}
