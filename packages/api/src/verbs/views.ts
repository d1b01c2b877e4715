/** From what Redis holds to what the API answers. Pure. */
import { type Alert, alertDuration } from '@healthapp/shared/domain/alert';
import { actionSentence } from '@healthapp/shared/domain/alert-action';
import type { AlertContext } from '@healthapp/shared/domain/alert-context';
import { appEventKinds, isAppEventKind } from '@healthapp/shared/domain/app-event';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { type Filesystem, fullestFilesystem, type ServerState } from '@healthapp/shared/domain/server';
import { type ActiveSilence, silencedUntil } from '@healthapp/shared/domain/silence';
import { type StoredServer, unknownBecause } from '@healthapp/shared/redis/servers';
import type { AlertView, AppEventView, ServerDetailView, ServerView } from '@healthapp/shared/wire/api';
import type { HostFacts } from '@healthapp/shared/wire/heartbeat';

export function serverViewOf(server: StoredServer, state: ServerState, alerts: readonly Alert[]): ServerView {
  const host = server.heartbeat?.host;
  const fullest = fullestFilesystem(host?.filesystems ?? []);
  return {
    name: server.name,
    state,
    kind: server.heartbeat?.agent?.kind ?? (appNameOf(server.name) === null ? 'host' : 'heroku'),
    labels: { ...server.heartbeat?.labels },
    lastHeartbeatAt: server.receivedAt,
    dueAt: server.dueAt,
    os: host?.os ?? null,
    load: host?.load ?? null,
    memory: memoryViewOf(host?.memory),
    fullestFilesystem: fullest === undefined ? null : filesystemViewOf(fullest),
    problems: alerts.map(problemViewOf),
  };
}

export function problemViewOf(alert: Alert): ServerView['problems'][number] {
  const { id, kind, subject, severity, summary, createdAt } = alert;
  return { alertId: id, kind, subject, severity, summary, since: createdAt };
}

export function serverDetailViewOf(
  server: StoredServer,
  state: ServerState,
  alerts: readonly Alert[],
): ServerDetailView {
  const { heartbeat, goodbye } = server;
  const host = heartbeat?.host;
  return {
    ...serverViewOf(server, state, alerts),
    stateReason: unknownBecause(server, state),
    firstHeartbeatAt: server.firstAt,
    interval: heartbeat?.interval ?? null,
    grace: server.graceMs / 1000,
    generation: server.generation,
    agent: { version: heartbeat?.agent?.version ?? null, kind: heartbeat?.agent?.kind ?? null },
    bootId: heartbeat?.bootId ?? null,
    clockOffset: heartbeat?.clockOffset ?? null,
    // An agent that reports again is back; an operator's planned work goes on while it does.
    goodbye:
      goodbye === null || (goodbye.by === 'agent' && server.lastWord === 'up')
        ? null
        : { by: goodbye.by, at: goodbye.at, backBy: goodbye.untilObserved === null ? null : server.dueAt },
    host:
      host === undefined
        ? null
        : {
            os: host.os ?? null,
            platform: host.platform ?? null,
            kernel: host.kernel ?? null,
            arch: host.arch ?? null,
            uptime: host.uptime ?? null,
            cpus: host.cpus ?? null,
            load: host.load ?? null,
            memory: memoryViewOf(host.memory),
            filesystems: (host.filesystems ?? []).map(filesystemViewOf),
            unobserved: (host.unobserved ?? []).map(({ path, reason }) => ({ path, reason })),
          },
    checks: (heartbeat?.checks ?? []).map(({ name, kind, status, latency, message }) => ({
      name,
      kind: kind ?? null,
      status: status ?? null,
      latency: latency ?? null,
      message: message ?? null,
    })),
    heroku: heartbeat?.heroku ?? null,
  };
}

/** As all that is shown of facts, field by field: a newer agent may have sent what this version does not know. */
function filesystemViewOf({ path, device, type, size, used, free, percent }: Filesystem) {
  return { path, device, type, size, used, free, percent };
}

function memoryViewOf(memory: HostFacts['memory']) {
  return memory === undefined ? null : { total: memory.total, used: memory.used };
}

/** @param silences those that hold now. */
export function alertViewOf(alert: Alert, silences: readonly ActiveSilence[], now: number): AlertView {
  const {
    version: _,
    ongoingAt: __,
    receivers: ___,
    acknowledgement,
    flapping,
    context,
    actions = [],
    ...shown
  } = alert;
  return {
    ...shown,
    labels: { ...alert.labels },
    acknowledgedAt: acknowledgement?.at ?? null,
    acknowledgedBy: acknowledgement?.by ?? null,
    acknowledgedComment: acknowledgement?.comment ?? null,
    silencedUntil: alert.state === 'closed' ? null : silencedUntil(alert, silences),
    flapping: flapping !== null,
    context: context === undefined ? null : contextViewOf(context),
    actions: actions.map((action) => ({ ...action, text: actionSentence(action) })),
    durationMs: alertDuration(alert, now),
  };
}

/** @param event its record. */
export function appEventViewOf(event: Alert): AppEventView {
  const { id, createdAt: at, kind, summary, context = {} } = event;
  const title = isAppEventKind(kind) ? appEventKinds[kind].title : kind;
  return { id, at, kind, title, summary, context: contextViewOf(context) };
}

function contextViewOf({ release, log, changes }: AlertContext): AppEventView['context'] {
  return {
    ...(release === undefined ? {} : { release: { ...release } }),
    ...(log === undefined ? {} : { log: [...log] }),
    ...(changes === undefined
      ? {}
      : { changes: { added: [...changes.added], removed: [...changes.removed], changed: [...changes.changed] } }),
  };
}
