/** What the API does for receivers: tests of them, and the page that a mail's link opens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@healthapp/shared/domain/alert';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { dueNotifications } from '@healthapp/shared/redis/notifications';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { acknowledgePath } from '@healthapp/shared/wire/acknowledge-link';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { redisConfigOf, testApiKey, testConfig } from '../../../test/harness/config.ts';
import { freshDatabase } from '../../../test/harness/redis.ts';
import { until } from '../../../test/harness/waiting.ts';
import { type RunningApi, runApi } from './main.ts';

const uiDir = mkdtempSync(join(tmpdir(), 'healthapp-ui-'));
let redis: Redis;
let partition: Partition;
let api: RunningApi;
let signedIn: RunningApi;

beforeAll(async () => {
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><title>HealthApp</title>');
  const url = await freshDatabase(inject('redisUrl'));
  redis = new Redis(url);
  partition = createPartition(redis, 0);
  const common = { logger: silentLogger, version: '1.0.0', uiDir, localMailbox: false };
  const config = testConfig({ redis: redisConfigOf(url) });
  api = await runApi({ ...common, config });
  signedIn = await runApi({ ...common, config: { ...config, auth: { ...config.auth, mode: 'sign-in' } } });
});
afterAll(async () => {
  await api.close();
  await signedIn.close();
  redis.disconnect();
  rmSync(uiDir, { recursive: true });
});

describe('the test of a receiver', () => {
  const ask = (name: string) => fetch(`${api.url}/api/v1/receivers/${name}/test`, { method: 'POST' });

  it('says that no processor is there to send it', async () => {
    const response = await ask('ops');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('no processor') });
  });

  describe('with a leader', () => {
    beforeEach(async () => {
      await redis.set(partition.keys.leaderLock, 'x', 'PX', 60_000);
      await redis.hset(partition.keys.leader, { id: 'host:1:a', since: 1, epoch: 1 });
      await redis.set(partition.keys.receivers, JSON.stringify([{ name: 'ops', kind: 'email' }]));
    });

    it('names the receivers that there are', async () => {
      const response = await ask('opps');
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ detail: 'no receiver is called opps; there are ops' });
    });

    it.each([
      [{ state: 'accepted' }, { receiver: 'ops', accepted: true, words: null }],
      [
        { state: 'refused', lastError: 'no such user' },
        { receiver: 'ops', accepted: false, words: 'no such user' },
      ],
    ])('answers what came of it: %j', async (settled, answer) => {
      const asking = ask('ops');
      const id = await until('the test waits to be sent', 20_000, async () => {
        return (await dueNotifications(partition, 'ops', Date.now() + 60_000, 1))[0];
      });
      await redis.hset(partition.keys.notification(id), settled);
      await redis.del(partition.keys.due('ops'));
      const response = await asking;
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject(answer);
    });
  });
});

describe("the link in a mail, for somebody who isn't signed in", () => {
  const alert: Alert = {
    id: '0-01JDACK',
    version: 1,
    server: 'db-1',
    kind: 'offline',
    subject: '',
    severity: 'critical',
    state: 'created',
    summary: 'has not reported for 5 min <b>',
    lastHeardAt: null,
    dueAt: null,
    createdAt: 1,
    ongoingAt: null,
    acknowledgement: null,
    flapping: null,
    labels: {},
    closedAt: null,
    closedBecause: null,
  };
  const link = () => `${signedIn.url}${acknowledgePath(testApiKey, alert.id, 'ops', Date.now())}`;
  const acknowledged = async () => (await loadAlerts(partition, [alert.id]))[0]?.acknowledgement ?? null;

  beforeEach(async () => {
    await redis.set(partition.keys.alert(alert.id), JSON.stringify(alert));
  });

  it('opens a page that asks, and acknowledges nothing by itself', async () => {
    const response = await fetch(link());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text).toContain('<form method="post">');
    expect(text).toContain('has not reported for 5 min &lt;b&gt;');
    expect(text).not.toMatch(/<script|style=/);
    expect(await acknowledged()).toBeNull();
  });

  it('says since when, and leads to the alert without handing on the link', async () => {
    const opened = { ...alert, createdAt: Date.now() - 40 * 60_000 };
    await redis.set(partition.keys.alert(alert.id), JSON.stringify(opened));
    const toAlert = `<a href="../alert/${alert.id}" rel="noreferrer">Open the alert</a>`;
    const text = await (await fetch(link())).text();
    expect(text).toContain('Open for 40 min');
    expect(text).toContain(toAlert);
    expect(await (await fetch(link(), { method: 'POST' })).text()).toContain(toAlert);
  });

  it('acknowledges when its button is pressed, and says by which mail', async () => {
    const response = await fetch(link(), { method: 'POST' });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Acknowledged');
    expect(await acknowledged()).toMatchObject({ by: 'a mail to ops' });
    expect(await (await fetch(link())).text()).toContain('takes care of it already');
  });

  it.each([
    ['a forged signature', (url: string) => url.replace(/signature=..../, 'signature=AAAA'), 403],
    ['another receiver', (url: string) => url.replace('to=ops', 'to=dev'), 403],
    [
      'an alert that is not known',
      () => `${signedIn.url}${acknowledgePath(testApiKey, '0-none', 'ops', Date.now())}`,
      404,
    ],
    ['a link of yesterday', () => `${signedIn.url}${acknowledgePath(testApiKey, alert.id, 'ops', 1000)}`, 410],
  ])('does nothing with %s', async (_what, change, status) => {
    const response = await fetch(change(link()), { method: 'POST' });
    expect(response.status).toBe(status);
    expect(await acknowledged()).toBeNull();
  });
});
