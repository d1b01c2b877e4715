/** From an alert in Redis to a chat's API, and back: the receipt that makes one message and a thread of it. */
import type { Thresholds } from '@healthapp/shared/domain/detect';
import type { HoldContext } from '@healthapp/shared/domain/hold';
import { alertIds } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { noteRouting } from '@healthapp/shared/redis/leadership';
import {
  dueNotifications,
  loadNotifications,
  notificationIdsOf,
  waitingNotifications,
} from '@healthapp/shared/redis/notifications';
import { readTest, requestTest } from '@healthapp/shared/redis/receiver-test';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createHttpPeer, type GivenAnswer, type HttpPeer } from '../../../test/harness/http-peer.ts';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { detect } from './detect.ts';
import { fanOut } from './fan-out.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createHttpClient } from './receivers/http/client.ts';
import { createSlackReceiver } from './receivers/slack/receiver.ts';
import { expireForRemoved } from './removed-receivers.ts';
import { createSender } from './send.ts';
import { createTally } from './tally.ts';

const noHolds: HoldContext = { silences: [], massSilence: null, quietUntil: () => null };
const minute = 60_000;

let test: TestPartition;
let leadership: Leadership;
let slack: HttpPeer;
let answer: GivenAnswer;
let receiver: Receiver;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
  answer = { status: 200, body: JSON.stringify({ ok: true, channel: 'C1', ts: '1.2' }) };
  slack = await createHttpPeer(() => answer);
  receiver = createSlackReceiver({
    name: 'chat',
    by: { kind: 'bot', apiUrl: slack.url, token: 'xoxb-1', channel: '#alerts' },
    remindEveryMs: null,
    http: createHttpClient({ env: {} }),
    now: Date.now,
  });
});
afterEach(async () => {
  await receiver.close();
  await slack.close();
  test.close();
});

async function pass(): Promise<void> {
  const { partition } = test;
  const options = { partition, leadership, receivers: [receiver], logger: silentLogger, tally: createTally() };
  const thresholds: Thresholds = {
    maxFilesystemPercentage: 95,
    clockSkewMs: 60_000,
    heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: ['deploy'] },
  };
  await detect({ ...options, thresholds, flapping: null, becomesOngoingAfterMs: minute }, await readClock(partition));
  await fanOut({ ...options, routes: [] });
  const sender = createSender({
    ...options,
    publicUrl: null,
    timezone: 'UTC',
    cooldowns: { emailMs: 0 },
    groupWindowMs: 0,
    memory: { noteTold: () => {}, putBack: async () => {} },
    now: Date.now,
    onSettled: () => {},
  });
  await sender.sendDue((await readClock(partition)).now, noHolds);
  await sender.idle();
}

describe('an alert in a chat', () => {
  it('is one message, which is renewed when it closes, with the news in its thread', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await pass();
    await test.heartbeat('db-1');
    await pass();
    const asked = slack.asked.map(({ path, body }) => {
      const { channel, ts, thread_ts } = JSON.parse(body) as Record<string, string>;
      return { path, channel, ts, thread_ts };
    });
    expect(asked).toEqual([
      { path: '/chat.postMessage', channel: '#alerts' },
      { path: '/chat.update', channel: 'C1', ts: '1.2' },
      { path: '/chat.postMessage', channel: 'C1', thread_ts: '1.2' },
    ]);
  });
});

describe('a test of a receiver', () => {
  it('is sent at once by the leader, and says that it was accepted', async () => {
    const { partition } = test;
    await noteRouting(partition, leadership.epoch, [{ name: 'chat', kind: 'slack' }], [], { rules: [], dryRun: false });
    const id = await requestTest(partition, 'chat', 'abc');
    await pass();
    expect(await readTest(partition, id ?? '')).toMatchObject({ state: 'accepted', event: 'test', lastError: null });
    expect(slack.asked[0]?.body).toContain('This is a test');
    expect(await partition.redis.ttl(partition.keys.notification(id ?? ''))).toBeGreaterThan(0);
  });

  it('is tried once, and keeps the words of the receiver', async () => {
    const { partition } = test;
    answer = { status: 503, body: 'we are moving' };
    await noteRouting(partition, leadership.epoch, [{ name: 'chat', kind: 'slack' }], [], { rules: [], dryRun: false });
    const id = await requestTest(partition, 'chat', 'abc');
    await pass();
    await pass();
    expect(await readTest(partition, id ?? '')).toMatchObject({
      state: 'refused',
      lastError: 'Slack answered 503 “we are moving”',
    });
    expect(slack.asked).toHaveLength(1);
  });

  it('is not made for a receiver that the leader does not know', async () => {
    await noteRouting(test.partition, leadership.epoch, [{ name: 'chat', kind: 'slack' }], [], {
      rules: [],
      dryRun: false,
    });
    expect(await requestTest(test.partition, 'chta', 'abc')).toBeNull();
  });
});

describe('a receiver that is not configured any more', () => {
  it('leaves nothing waiting behind: it expires, and says why', async () => {
    const { partition } = test;
    answer = { status: 503, body: 'we are moving' };
    await noteRouting(partition, leadership.epoch, [{ name: 'chat', kind: 'slack' }], [], { rules: [], dryRun: false });
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await pass();
    expect((await waitingNotifications(partition)).count).toBe(1);

    await expireForRemoved(partition, leadership, ['chat'], silentLogger);
    expect((await waitingNotifications(partition)).count).toBe(1);
    await expireForRemoved(partition, leadership, ['mail'], silentLogger);
    expect((await waitingNotifications(partition)).count).toBe(0);
    const [alert] = await alertIds(partition, 'open', null, 1);
    const [ids = []] = await notificationIdsOf(partition, [alert?.id ?? '']);
    expect(await loadNotifications(partition, ids)).toMatchObject([
      { receiver: 'chat', state: 'expired', heldBecause: 'receiver-removed' },
    ]);
    expect(await dueNotifications(partition, 'chat', Date.now() + minute, 10)).toEqual([]);
  });
});
