import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@healthapp/shared/config/config';
import { ongoingAlert, openedAlert } from '@healthapp/shared/domain/alert';
import { applyJudgements, setOngoing, waitingTransitions } from '@healthapp/shared/redis/alerts';
import { recordHeartbeats } from '@healthapp/shared/redis/heartbeats';
import { notePass, noteRouting } from '@healthapp/shared/redis/leadership';
import { claimNotification, fanOut, settleNotification } from '@healthapp/shared/redis/notifications';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { redisConfigOf, testConfig } from '../../../../test/harness/config.ts';
import { freshDatabase } from '../../../../test/harness/redis.ts';
import { until } from '../../../../test/harness/waiting.ts';
import { type RunningApi, runApi } from '../main.ts';

let url: string;
let redis: Redis;
let partition: Partition;
let api: RunningApi;
const uiDir = mkdtempSync(join(tmpdir(), 'healthapp-ui-'));

beforeEach(async () => {
  url = await freshDatabase(inject('redisUrl'));
  redis = new Redis(url);
  partition = createPartition(redis, 0);
});
afterEach(async () => {
  await api.close();
  redis.disconnect();
});
afterAll(() => rmSync(uiDir, { recursive: true }));

async function start(over: Partial<Config> = {}): Promise<void> {
  const config = testConfig({ redis: redisConfigOf(url), ...over });
  api = await runApi({ config, logger: silentLogger, version: '1.0.0', uiDir, localMailbox: false });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const asking = http.request({ hostname, port, path, headers: { ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** The series and their values; those of the processes themselves are left out. */
async function series(): Promise<Record<string, number>> {
  const { text } = await get('/metrics');
  const lines = text.split('\n').filter((line) => line.startsWith('healthapp_'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

/** What a leader does when a server falls silent and one of two receivers is told. */
async function liveALittle(): Promise<void> {
  await redis.set(partition.keys.leaderLock, 'lock', 'PX', 600_000);
  const epoch = (await partition.run('takeEpoch', ['lock', 'token', 'host:1:ab'])) as string;
  const heartbeat = { sentAt: Date.now(), interval: 30 };
  await recordHeartbeats(partition, [{ server: 'db-1', generation: 0, heartbeat, body: JSON.stringify(heartbeat) }], {
    stalenessMs: 300_000,
    historyMs: 86_400_000,
    mostServers: 1000,
  });
  const problem = { kind: 'offline', subject: '', severity: 'critical', summary: 'is silent' } as const;
  const facts = { server: 'db-1', labels: {}, lastHeardAt: null, dueAt: null };
  const alert = openedAlert('0-a', problem, facts, Date.now());
  const revision = (await redis.hget(partition.keys.server('db-1'), 'revision')) ?? '';
  const changes = [{ kind: 'open', was: null, alert, event: 'created' }] as const;
  const judged = { server: 'db-1', revision, silent: true, history: {}, judgeAgainAt: null, changes };
  await applyJudgements(partition, epoch, 30_000, [judged]);
  await setOngoing(partition, epoch, [{ id: alert.id, moved: { was: alert, alert: ongoingAlert(alert, Date.now()) } }]);
  const [transition] = await waitingTransitions(partition, 1);
  if (transition === undefined) throw new Error('no transition was written');
  const to = ['ops', 'pager', 'chat'].map((receiver) => ({
    id: `0-a.${receiver}.created`,
    receiver,
    remindEveryMs: null,
    route: 'there are no routes',
  }));
  await noteRouting(
    partition,
    epoch,
    to.map(({ receiver }) => ({ name: receiver, kind: 'test' })),
    [],
    { rules: [], dryRun: false },
  );
  await fanOut(partition, epoch, [{ transition, to }]);
  for (const { id, receiver } of to) await claimNotification(partition, epoch, id, receiver);
  await settleNotification(partition, '0-a.ops.created', 'ops', 1, { kind: 'accepted' });
  await settleNotification(partition, '0-a.pager.created', 'pager', 1, {
    kind: 'refused',
    words: 'invalid_auth',
    reason: 'credentials',
  });
  await settleNotification(partition, '0-a.chat.created', 'chat', 1, {
    kind: 'retry',
    words: 'too many requests',
    reason: 'rate-limited',
    pauseMs: 60_000,
  });
  const counted = new Map([
    ['pass|0.01', 3],
    ['pass|+Inf', 1],
    ['pass-ms', 12_345],
    ['set-aside|server', 2],
    ['deadman|answered', 4],
  ] as const);
  await notePass(partition, epoch, counted);
}

describe('one scrape of an API instance', () => {
  it("tells the whole fleet's figures, and what it counted itself", async () => {
    await start();
    await liveALittle();
    const refused = await fetch(`${api.url}/api/v1/heartbeats/db-1`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);

    const all = await series();
    expect(all).toMatchObject({
      healthapp_redis_up: 1,
      'healthapp_servers{state="up"}': 0,
      'healthapp_servers{state="silent"}': 1,
      'healthapp_alerts_open{kind="offline",state="created"}': 0,
      'healthapp_alerts_open{kind="offline",state="ongoing"}': 1,
      'healthapp_alerts_open{kind="disk-full",state="created"}': 0,
      'healthapp_alerts_opened_total{kind="offline"}': 1,
      'healthapp_notifications_total{receiver="ops",outcome="accepted",reason=""}': 1,
      'healthapp_notifications_total{receiver="pager",outcome="refused",reason="credentials"}': 1,
      'healthapp_notification_attempts_total{receiver="chat",outcome="retry",reason="rate-limited"}': 1,
      'healthapp_notifications_waiting{receiver="ops"}': 0,
      'healthapp_notifications_waiting{receiver="chat"}': 1,
      'healthapp_notifications_oldest_waiting_seconds{receiver="ops"}': 0,
      'healthapp_receiver_failures{receiver="pager"}': 1,
      'healthapp_leader{partition="0"}': 1,
      'healthapp_leader_info{partition="0",leader="host:1:ab"}': 1,
      'healthapp_leader_epoch{partition="0"}': 1,
      'healthapp_pass_duration_seconds_bucket{le="0.005",partition="0"}': 0,
      'healthapp_pass_duration_seconds_bucket{le="0.01",partition="0"}': 3,
      'healthapp_pass_duration_seconds_bucket{le="10",partition="0"}': 3,
      'healthapp_pass_duration_seconds_bucket{le="+Inf",partition="0"}': 4,
      'healthapp_pass_duration_seconds_count{partition="0"}': 4,
      'healthapp_pass_duration_seconds_sum{partition="0"}': 12.345,
      'healthapp_records_set_aside_total{record="server"}': 2,
      'healthapp_deadman_calls_total{outcome="answered"}': 4,
      'healthapp_heartbeats_total{result="unauthorized"}': 1,
      'healthapp_heartbeats_total{result="accepted"}': 0,
    });
    expect(all['healthapp_last_pass_timestamp_seconds{partition="0"}']).toBeGreaterThan(1e9);
    await until('a tick was measured', 20_000, async () => {
      return ((await series()).healthapp_redis_tick_duration_seconds_count ?? 0) > 0;
    });
  });

  it('counts what was turned away, each reason from the beginning', async () => {
    await start();
    expect(await series()).toMatchObject({
      'healthapp_turned_away_total{reason="malformed"}': 0,
      'healthapp_turned_away_total{reason="max-servers"}': 0,
    });
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.resume().end('this is no HTTP\r\n\r\n');
    await until('it was counted', 20_000, async () => {
      return (await series())['healthapp_turned_away_total{reason="malformed"}'] === 1;
    });
    socket.destroy();
  });

  it('has no series for a server by its name', async () => {
    await start();
    await liveALittle();
    expect((await get('/metrics')).text).not.toContain('db-1');
  });

  it('passes promtool check metrics', async (context) => {
    await start();
    await liveALittle();
    const { text, type } = await get('/metrics');
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (checked.error !== undefined) context.skip('promtool is missing: apt-get install prometheus');
    expect(checked.stdout + checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('says so when Redis cannot be asked, and still tells of itself', async () => {
    const { protocol, host } = new URL(url);
    await start({ redis: { url: `${protocol}//${host.replace(/:\d+$/, ':1')}/0`, username: null, password: null } });
    expect(await series()).toMatchObject({ healthapp_redis_up: 0, 'healthapp_heartbeats_total{result="accepted"}': 0 });
  });
});

describe('who may read the metrics', () => {
  const signIn = { auth: { ...testConfig().auth, mode: 'sign-in' } } as const;

  it('is whoever is on this machine', async () => {
    await start(signIn);
    expect((await get('/metrics')).status).toBe(200);
  });

  it.each([
    ['a proxy passes on', { 'x-forwarded-for': '192.0.2.1' }],
    ['names another host', { host: 'health.example.com' }],
  ])('is not who %s, without signing in', async (_, headers) => {
    await start(signIn);
    const answer = await get('/metrics', headers);
    expect(answer.status).toBe(401);
    expect(answer.type).toMatch(/problem\+json/);
  });

  it('is everybody when metrics.public says so', async () => {
    await start({ ...signIn, metrics: { public: true, listen: null } });
    expect((await get('/metrics', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
  });
});
