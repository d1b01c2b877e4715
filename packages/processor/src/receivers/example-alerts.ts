/** Alerts for the tests of every receiver: one of each kind, as many as a failure makes, and what is out to do harm. */
import type { Alert, ClosingReason } from '@healthapp/shared/domain/alert';
import { eventRecord } from '@healthapp/shared/domain/app-event';

const minute = 60_000;

/** When the example alerts open. */
export const openedAt = Date.UTC(2026, 10, 20, 3, 17, 7);

const opened = {
  version: 1,
  state: 'created',
  createdAt: openedAt,
  ongoingAt: null,
  acknowledgement: null,
  flapping: null,
  labels: {},
  closedAt: null,
  closedBecause: null,
} as const;

export const offlineAlert: Alert = {
  ...opened,
  id: '01JD4W9Q6Z',
  server: 'db-1.example.com',
  kind: 'offline',
  subject: '',
  severity: 'critical',
  summary: 'has not reported for 5 min',
  lastHeardAt: openedAt - 5 * minute,
  dueAt: openedAt,
};

export const diskAlert: Alert = {
  ...opened,
  id: '01JD4WB3K2',
  server: 'db-1.example.com',
  kind: 'disk-full',
  subject: '/var/lib/postgresql',
  severity: 'warning',
  summary: '/var/lib/postgresql is 97 % full',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

const harmfulPath = `/mnt/<script>alert(1)</script>/'"&$(reboot)\r\nBcc: all@example.com\r\n\u202egnp.exe/${'é'.repeat(4000)}/end`;

/** No part of it could come through the API; a message must survive it all the same. */
export const harmfulAlert: Alert = {
  ...opened,
  id: '01JD4X0000',
  server: 'наблюдатель-サーバー\r\nX-Injected: yes\u2028<img src=x onerror=alert(1)>',
  kind: 'disk-full',
  subject: harmfulPath,
  severity: 'warning',
  summary: `${harmfulPath} is 97 % full`,
  lastHeardAt: openedAt,
  dueAt: null,
};

export function closed(alert: Alert, because: ClosingReason, afterMs: number): Alert {
  return { ...alert, version: 3, state: 'closed', closedAt: alert.createdAt + afterMs, closedBecause: because };
}

export const neverReportedAlert: Alert = {
  ...opened,
  id: '01JD4WC7N0',
  server: 'web-9.example.com',
  kind: 'never-reported',
  subject: '',
  severity: 'critical',
  summary: 'has not reported within 10 min, as expected since 10 min',
  lastHeardAt: null,
  dueAt: openedAt,
};

export const duplicateAlert: Alert = {
  ...opened,
  id: '01JD4WD1P4',
  server: 'web-3.example.com',
  kind: 'duplicate-identity',
  subject: '',
  severity: 'warning',
  summary: 'is reported by two machines in turn: one of them has the name and key of the other',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

export const clockAlert: Alert = {
  ...opened,
  id: '01JD4WE5Q8',
  server: 'web-4.example.com',
  kind: 'clock-skew',
  subject: '',
  severity: 'warning',
  summary: 'has a clock that is 7 min 30 s behind',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

export const checkAlert: Alert = {
  ...opened,
  id: '01JD4WF7R1',
  server: 'web-4.example.com',
  kind: 'check-failed',
  subject: 'shop',
  severity: 'critical',
  summary: 'the check shop failed: status 503',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

const shopRelease = {
  version: 42,
  description: 'Deploy abc123',
  user: 'dev@example.com',
  createdAt: openedAt - 2 * minute,
};

export const crashedDynoAlert: Alert = {
  ...opened,
  id: '01JD4WH1A1',
  server: 'heroku:shop',
  kind: 'dyno-crashed',
  subject: 'web.1',
  severity: 'critical',
  summary: 'web.1 has crashed, 2 min after release v42 (Deploy abc123, by dev@example.com)',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
  context: {
    release: shopRelease,
    log: [
      "2026-11-20T03:16:58.000000+00:00 app[web.1]: Error: Cannot find module 'left-pad'",
      '2026-11-20T03:16:59.000000+00:00 heroku[web.1]: Process exited with status 1',
    ],
  },
};

export const downDynoAlert: Alert = {
  ...opened,
  id: '01JD4WH2B2',
  server: 'heroku:shop',
  kind: 'dyno-down',
  subject: 'worker.1',
  severity: 'warning',
  summary: 'worker.1 has been starting for 2 min 30 s',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

export const addonAlert: Alert = {
  ...opened,
  id: '01JD4WH3C3',
  server: 'heroku:shop',
  kind: 'addon-unhealthy',
  subject: 'postgresql-round-12345',
  severity: 'warning',
  summary: 'add-on postgresql-round-12345 (heroku-postgresql:standard-0) is deprovisioned',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

export const ruleAlert: Alert = {
  ...opened,
  id: '01JD4WH3D3',
  server: 'heroku:shop',
  kind: 'heroku-error',
  subject: 'R14 on worker (3 in 5 min)',
  severity: 'warning',
  summary: '3 of at least 3 R14 on worker in the last 5 minutes',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
  actions: [
    { kind: 'restart-dyno', dyno: 'worker.1', state: 'done', at: openedAt + 1000, detail: null },
    {
      kind: 'restart-dyno',
      dyno: 'worker.2',
      state: 'cooling-down',
      at: openedAt + 1000,
      detail: 'it was restarted 2 min before',
    },
  ],
};

export const failingRequestsAlert: Alert = {
  ...opened,
  id: '01JD4WH3E3',
  server: 'heroku:shop',
  kind: 'http-5xx',
  subject: '5xx on web (50 in 1 min)',
  severity: 'critical',
  summary: '61 of at least 50 5xx on web in the last minute',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

export const pollerAlert: Alert = {
  ...opened,
  id: '01JD4WH4D4',
  server: 'heroku-poller',
  kind: 'check-failed',
  subject: 'heroku-api',
  severity: 'critical',
  summary: "Heroku's API refuses the key (401)",
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

/** The records of what happened to an app: told by the event `happened`. */
export const deployEvent: Alert = eventRecord(
  '01JD4WH5E5',
  {
    kind: 'deploy',
    at: openedAt,
    summary: 'v42 was released by dev@example.com: Deploy abc123',
    context: { release: { ...shopRelease, createdAt: openedAt } },
  },
  { name: 'heroku:shop', labels: {}, receivedAt: openedAt },
);

export const configEvent: Alert = eventRecord(
  '01JD4WH6F6',
  {
    kind: 'config-change',
    at: openedAt,
    summary: 'config vars: added SENTRY_DSN; changed DATABASE_URL, REDIS_URL',
    context: { changes: { added: ['SENTRY_DSN'], removed: [], changed: ['DATABASE_URL', 'REDIS_URL'] } },
  },
  { name: 'heroku:shop', labels: {}, receivedAt: openedAt },
);

const ofTheFleet = {
  ...opened,
  server: null,
  subject: '',
  severity: 'critical',
  lastHeardAt: null,
  dueAt: null,
} as const;

export const massSilenceAlert: Alert = {
  ...ofTheFleet,
  id: '0-01JD4WF9R2',
  kind: 'mass-silence',
  summary:
    "120 of 200 servers fell silent together: look for what they share, such as a network or this monitor's own address",
};

export const blindAlert: Alert = {
  ...ofTheFleet,
  id: '0-01JD4WG3S6',
  kind: 'monitor-blind',
  summary: 'no API could take heartbeats for 80 % of the last 2 min: nothing is known of any server',
};

export const dataLostAlert: Alert = {
  ...ofTheFleet,
  id: '0-01JD4WG3S7',
  kind: 'data-lost',
  summary: 'Redis came back as it was 12 min before: what was written in that time is gone',
};

/** As a switch that fails makes them: `db-1` to `db-{count}`, one rack, opened within 12 s. */
export function offlineAlerts(count: number): [Alert, ...Alert[]] {
  const nth = (index: number): Alert => ({
    ...offlineAlert,
    id: `01JD5${index.toString(36).toUpperCase().padStart(5, '0')}`,
    server: `db-${index + 1}`,
    labels: { rack: 'r7', env: index % 2 === 0 ? 'prod' : 'test' },
    createdAt: openedAt + ((index * 7) % 13) * 1000,
    lastHeardAt: openedAt - 5 * minute + ((index * 7) % 13) * 1000,
  });
  return [nth(0), ...Array.from({ length: count - 1 }, (_none, index) => nth(index + 1))];
}
