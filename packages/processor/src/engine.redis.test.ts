import { closedAlert } from '@healthapp/shared/domain/alert';
import type { Thresholds } from '@healthapp/shared/domain/detect';
import { type HoldContext, holdDecision } from '@healthapp/shared/domain/hold';
import { notificationId } from '@healthapp/shared/domain/notification';
import { alertIds, loadAlerts, waitingTransitions } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { changedServers, overdueServers } from '@healthapp/shared/redis/due';
import { askHeldAgain, holdNotifications } from '@healthapp/shared/redis/held-notifications';
import { readMassSilence } from '@healthapp/shared/redis/mass-silence';
import {
  claimNotification,
  dueNotifications,
  formGroups,
  loadNotifications,
  notificationIdsOf,
  settleNotification,
  waitingNotifications,
} from '@healthapp/shared/redis/notifications';
import type { Position } from '@healthapp/shared/redis/positions';
import { countServers, expectServer, forgetServer, loadServers } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { type DetectOptions, detect, judgeServers, moveToOngoing, write } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { judgeFleet } from './fleet.ts';
import { askAboutHeld } from './holds.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createTally } from './tally.ts';

const minute = 60_000;
const thresholds: Thresholds = {
  maxFilesystemPercentage: 95,
  clockSkewMs: 60_000,
  heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: ['deploy'] },
};
const noHolds: HoldContext = { silences: [], massSilence: null, quietUntil: () => null };

let test: TestPartition;
let leadership: Leadership;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
});
afterEach(() => test.close());

function receiver(name: string, remindEveryMs: number | null = 5 * minute): Receiver {
  return { name, kind: 'test', remindEveryMs, describe: () => '', send: async () => null, close: async () => {} };
}

function options(over: Partial<DetectOptions> = {}): DetectOptions {
  const { partition } = test;
  return {
    partition,
    leadership,
    thresholds,
    flapping: null,
    becomesOngoingAfterMs: 30_000,
    tally: createTally(),
    logger: silentLogger,
    ...over,
  };
}

async function detectNow(over: Partial<DetectOptions> = {}): Promise<void> {
  await detect(options(over), await readClock(test.partition));
}

async function alertsIn(order: 'open' | 'closed') {
  const positions: Position[] = await alertIds(test.partition, order, null, 1000);
  const alerts = await loadAlerts(
    test.partition,
    positions.map(({ id }) => id),
  );
  return alerts.flatMap((alert) => alert ?? []);
}

async function notificationsOf(alertId: string) {
  const [ids] = await notificationIdsOf(test.partition, [alertId]);
  return loadNotifications(test.partition, ids ?? []);
}

const disk = (percent: number, path = '/') => ({
  host: { filesystems: [{ path, size: 100, used: percent, free: 100 - percent, percent }] },
});

describe('a server that stops reporting', () => {
  it('is found when its deadline has passed on the observed clock, and not before', async () => {
    await test.heartbeat('db-1');
    await test.advance(5 * minute - 2000);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);

    await test.advance(3000);
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([
      { server: 'db-1', kind: 'offline', subject: '', severity: 'critical', state: 'created' },
    ]);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 1, silent: 1 });
  });

  it('is not found again while it stays silent', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow();
    await test.advance(6 * minute);
    await detectNow();
    expect(await alertsIn('open')).toHaveLength(1);
    expect(await overdueServers(test.partition, 1e12, 10)).toEqual([]);
    expect(await waitingTransitions(test.partition, 10)).toHaveLength(1);
  });

  it('closes its alert when it reports again, with when and why', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow();
    await test.heartbeat('db-1');
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    const [closed] = await alertsIn('closed');
    expect(closed).toMatchObject({ server: 'db-1', state: 'closed', closedBecause: 'recovered' });
    expect(closed?.closedAt).toBeGreaterThanOrEqual(closed?.createdAt ?? Number.NaN);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 1, silent: 0 });
  });

  it('keeps the alert of a full disk open, since nothing is known of the disk', async () => {
    await test.heartbeat('db-1', disk(97));
    await detectNow();
    await test.advance(6 * minute);
    await detectNow();
    expect((await alertsIn('open')).map(({ kind }) => kind).sort()).toEqual(['disk-full', 'offline']);
  });

  it('counts as alive for as long as its heartbeat says', async () => {
    await test.heartbeat('cron-1', { interval: 3600, grace: 7200 });
    await test.advance(7_199_000);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.advance(2000);
    await detectNow();
    expect(await alertsIn('open')).toHaveLength(1);
  });
});

describe('a heartbeat that arrives while its server is being judged silent', () => {
  it('wins: no alert opens, and the next silence is found', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    const clock = await readClock(test.partition);
    const judged = await judgeServers(options(), await overdueServers(test.partition, clock.observed, 10), clock);
    expect(judged).toMatchObject([{ server: 'db-1', silent: true, changes: [{ kind: 'open' }] }]);

    await test.heartbeat('db-1');
    await write(options(), judged);
    expect(await alertsIn('open')).toEqual([]);
    expect(await waitingTransitions(test.partition, 10)).toEqual([]);

    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.advance(6 * minute);
    await detectNow();
    expect(await alertsIn('open')).toHaveLength(1);
  });

  it('wins also against a judgement that would have closed an alert', async () => {
    await test.heartbeat('db-1', disk(97));
    await detectNow();
    await test.heartbeat('db-1', disk(50));
    const judged = await judgeServers(options(), ['db-1'], await readClock(test.partition));
    await test.heartbeat('db-1', disk(98));
    await write(options(), judged);
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'disk-full' }]);
    expect(await alertsIn('closed')).toEqual([]);
  });
});

describe('two processors that judge the same silence', () => {
  it('open one alert', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    const clock = await readClock(test.partition);
    const [one, other] = await Promise.all([
      judgeServers(options(), ['db-1'], clock),
      judgeServers(options(), ['db-1'], clock),
    ]);
    await write(options(), one);
    await write(options(), other);
    expect(await alertsIn('open')).toHaveLength(1);
    expect(await waitingTransitions(test.partition, 10)).toHaveLength(1);
  });

  it('write nothing under an older epoch', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    const judged = await judgeServers(options(), ['db-1'], await readClock(test.partition));
    const earlier = leadership;
    leadership = await test.lead();
    await expect(write(options({ leadership: earlier }), judged)).rejects.toThrow('leadership was lost');
    expect(await alertsIn('open')).toEqual([]);
  });
});

describe('a filesystem that fills up', () => {
  it('opens an alert at the threshold and closes it one point below', async () => {
    const statesAt = async (percent: number) => {
      await test.heartbeat('db-1', disk(percent));
      await detectNow();
      return (await alertsIn('open')).length;
    };
    expect(await statesAt(94)).toBe(0);
    expect(await statesAt(95)).toBe(1);
    expect(await statesAt(94.5)).toBe(1);
    expect(await statesAt(94)).toBe(0);
    expect(await alertsIn('closed')).toMatchObject([{ kind: 'disk-full', subject: '/', closedBecause: 'recovered' }]);
  });

  it('has an alert of its own beside others of the same server', async () => {
    await test.heartbeat('db-1', {
      host: { filesystems: [...disk(96, '/').host.filesystems, ...disk(99, '/var').host.filesystems] },
    });
    await detectNow();
    expect((await alertsIn('open')).map(({ subject }) => subject).sort()).toEqual(['/', '/var']);
  });

  it('closes as removed when it is not mounted any more', async () => {
    await test.heartbeat('db-1', disk(99, '/mnt'));
    await detectNow();
    await test.heartbeat('db-1', disk(10, '/'));
    await detectNow();
    expect(await alertsIn('closed')).toMatchObject([{ subject: '/mnt', closedBecause: 'removed' }]);
  });

  it('stays open while it cannot be observed, and closes once it is unmounted all the same', async () => {
    await test.heartbeat('db-1', disk(99, '/mnt'));
    await detectNow();
    const unobserved = [{ path: '/mnt', reason: 'it does not answer' }];
    await test.heartbeat('db-1', { host: { ...disk(10, '/').host, unobserved } });
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ subject: '/mnt' }]);
    await test.heartbeat('db-1', disk(10, '/'));
    await detectNow();
    expect(await alertsIn('closed')).toMatchObject([{ subject: '/mnt', closedBecause: 'removed' }]);
  });

  it('is judged anew when the threshold changes', async () => {
    await test.heartbeat('db-1', disk(90));
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await detectNow({ thresholds: { ...thresholds, maxFilesystemPercentage: 85 } });
    expect(await alertsIn('open')).toHaveLength(1);
    await detectNow({ thresholds: { ...thresholds, maxFilesystemPercentage: 85 } });
    expect(await changedServers(test.partition, 10)).toEqual([]);
  });
});

describe('a check that fails', () => {
  const checked = (...statuses: ('ok' | 'failing' | 'failed')[]) => ({
    checks: statuses.map((status, index) => ({ name: `check-${index}`, status, message: `it is ${status}` })),
  });

  it('opens an alert of its own once it has failed, with the reason, and closes it when it is well', async () => {
    await test.heartbeat('web-1', checked('ok', 'failing'));
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.heartbeat('web-1', checked('failed', 'failed'));
    await detectNow();
    await detectNow();
    expect((await alertsIn('open')).map(({ kind, subject, summary }) => [kind, subject, summary]).sort()).toEqual([
      ['check-failed', 'check-0', 'the check check-0 failed: it is failed'],
      ['check-failed', 'check-1', 'the check check-1 failed: it is failed'],
    ]);
    await test.heartbeat('web-1', checked('ok', 'failed'));
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ subject: 'check-1' }]);
    expect(await alertsIn('closed')).toMatchObject([{ subject: 'check-0', closedBecause: 'recovered' }]);
  });

  it('closes as removed when it is not configured any more', async () => {
    await test.heartbeat('web-1', checked('failed'));
    await detectNow();
    await test.heartbeat('web-1', {});
    await detectNow();
    expect(await alertsIn('closed')).toMatchObject([{ subject: 'check-0', closedBecause: 'removed' }]);
  });

  it('stays as it is while its server is silent', async () => {
    await test.heartbeat('web-1', checked('failed'));
    await detectNow();
    await test.advance(6 * minute);
    await detectNow();
    expect((await alertsIn('open')).map(({ kind }) => kind).sort()).toEqual(['check-failed', 'offline']);
  });
});

describe('a goodbye', () => {
  it('of an agent holds the alert back until the time that it named', async () => {
    await test.heartbeat('db-1', { status: 'stopping', expectBackWithin: 600, grace: 300 });
    await test.advance(9 * minute);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    expect(await countServers(test.partition, 0)).toMatchObject({ stopped: 1 });
    await test.advance(2 * minute);
    await detectNow();
    const [alert] = await alertsIn('open');
    expect(alert?.summary).toMatch(/^is not back: it stopped for at most 10 min, /);
  });

  it('of an operator without a time is for good: no alert, and an open one closes as stopped', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow();
    const answer = await test.heartbeat('db-1', { status: 'stopping', by: 'operator' });
    expect(answer).toMatchObject({ kind: 'recorded', dueAt: null });
    await detectNow();
    expect(await alertsIn('closed')).toMatchObject([{ closedBecause: 'stopped' }]);
    await test.advance(1000 * minute);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
  });

  it("of an operator is not shortened by the agent's own", async () => {
    await test.heartbeat('db-1', { status: 'stopping', by: 'operator', expectBackWithin: 3600 });
    await test.heartbeat('db-1', { status: 'stopping', expectBackWithin: 60 });
    await test.advance(59 * minute);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.advance(2 * minute);
    await detectNow();
    expect((await alertsIn('open'))[0]?.summary).toMatch(/^is not back: an operator announced 1 h, /);
  });

  it('ends with a heartbeat of another boot', async () => {
    await test.heartbeat('db-1', { bootId: 'one', status: 'stopping', by: 'operator', expectBackWithin: 36_000 });
    await test.heartbeat('db-1', { bootId: 'one' });
    await test.advance(6 * minute);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.heartbeat('db-1', { bootId: 'two' });
    await test.advance(6 * minute);
    await detectNow();
    expect(await alertsIn('open')).toHaveLength(1);
  });

  it('for good ends with a heartbeat that was sent over 5 minutes later', async () => {
    const sentAt = Date.now() + 1000;
    await test.heartbeat('db-1', { sentAt, status: 'stopping', by: 'operator' });
    expect(await test.heartbeat('db-1', { sentAt: sentAt + 299_000 })).toMatchObject({ dueAt: null });
    const answer = await test.heartbeat('db-1', { sentAt: sentAt + 301_000 });
    expect(answer.kind === 'recorded' && answer.dueAt).toBeGreaterThan(0);
  });
});

describe('recording', () => {
  it('refuses a replay and says the last accepted sentAt', async () => {
    const sentAt = Date.now() + 5000;
    await test.heartbeat('db-1', { sentAt });
    expect(await test.heartbeat('db-1', { sentAt })).toEqual({ kind: 'replay', lastSentAt: sentAt });
    expect(await test.heartbeat('db-1', { sentAt: sentAt - 1 })).toEqual({ kind: 'replay', lastSentAt: sentAt });
  });

  it('refuses a revoked generation and stores nothing of it', async () => {
    await test.heartbeat('db-1', disk(10));
    expect(await test.partition.run('revokeServer', ['db-1'])).toBe(1);
    const before = (await loadServers(test.partition, ['db-1']))[0];
    expect(await test.heartbeat('db-1', disk(99))).toEqual({ kind: 'revoked', generation: 1 });
    expect((await loadServers(test.partition, ['db-1']))[0]).toEqual(before);
    expect(await test.heartbeat('db-1', disk(10), 1)).toMatchObject({ kind: 'recorded' });
  });

  it('bothers the processor only when something changed that matters', async () => {
    await test.heartbeat('db-1', disk(10));
    await detectNow();
    await test.heartbeat('db-1', disk(10));
    expect(await changedServers(test.partition, 10)).toEqual([]);
    await test.heartbeat('db-1', disk(11));
    expect(await changedServers(test.partition, 10)).toEqual(['db-1']);
  });
});

describe('the observed clock', () => {
  it('does not count unwatched time, records it, and settles after it', async () => {
    const { partition, redis } = test;
    const before = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', before.now - 20_000);
    const [observed, settling] = (await partition.run('tick', [0])) as [number, number];
    expect(observed).toBe(before.observed);
    expect(settling).toBe(1);
    const after = await readClock(partition);
    expect(after.settleUntil - after.now).toBeGreaterThan(29_000);
    expect(after.settleUntil - after.now).toBeLessThanOrEqual(30_000);
    expect(await redis.zcard(partition.keys.blindness)).toBe(1);
    const [still] = (await partition.run('tick', [0])) as [number, number];
    expect(still).toBe(before.observed);
  });

  it('does not count a short time in which nobody could serve, and settles after it', async () => {
    const { partition, redis } = test;
    const before = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', before.now - 900);
    const [observed, settling] = (await partition.run('tick', [1])) as [number, number];
    expect(observed).toBe(before.observed);
    expect(settling).toBe(1);
    const after = await readClock(partition);
    expect(after.settleUntil - after.now).toBeGreaterThan(1500);
  });

  it('goes on when one instance could not serve while others ticked', async () => {
    const { partition, redis } = test;
    const before = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', before.now - 150);
    const [observed, settling] = (await partition.run('tick', [1])) as [number, number];
    expect(observed).toBeGreaterThanOrEqual(before.observed + 150);
    expect(settling).toBe(0);
  });

  it('counts nothing when the clock is set back', async () => {
    const { partition, redis } = test;
    const before = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', before.now + 3_600_000);
    const [observed, settling] = (await partition.run('tick', [0])) as [number, number];
    expect(observed).toBe(before.observed);
    expect(settling).toBe(0);
    const after = await readClock(partition);
    expect(after.tickAt).toBeLessThanOrEqual(after.now);
  });

  it('fires no deadline that fell into unwatched time, for a server that reports again', async () => {
    const { partition, redis } = test;
    await test.heartbeat('db-1');
    const { now } = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', now - 10 * minute);
    await partition.run('tick', [0]);
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
  });
});

describe('telling people', () => {
  const ops = receiver('ops');
  const telling = (receivers: readonly Receiver[] = [ops]) => ({
    partition: test.partition,
    leadership,
    receivers,
    routes: [],
  });

  async function openAlert(): Promise<string> {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow();
    const [alert] = await alertsIn('open');
    return alert?.id ?? '';
  }

  async function accept(id: string): Promise<void> {
    const claim = await claimNotification(test.partition, leadership.epoch, id, 'ops');
    expect(claim.kind).toBe('claimed');
    if (claim.kind !== 'claimed') return;
    expect(await settleNotification(test.partition, id, 'ops', claim.attempt, { kind: 'accepted' })).toBe(true);
  }

  const dueNow = () => dueNotifications(test.partition, 'ops', Date.now() + 1000, 10);

  it('decides one notification for each receiver, once', async () => {
    const id = await openAlert();
    await fanOut(telling([ops, receiver('slack')]));
    await fanOut(telling([ops, receiver('slack')]));
    expect((await notificationsOf(id)).map((notification) => notification.id).sort()).toEqual([
      notificationId(id, 'ops', 'created'),
      notificationId(id, 'slack', 'created'),
    ]);
    expect(await waitingTransitions(test.partition, 10)).toEqual([]);
  });

  it('tells of the closing only after the opening was accepted', async () => {
    const id = await openAlert();
    await fanOut(telling());
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling());
    expect(await dueNow()).toEqual([`${id}.ops.created`]);
    await accept(`${id}.ops.created`);
    expect(await dueNow()).toEqual([`${id}.ops.closed`]);
    await accept(`${id}.ops.closed`);
    expect(await dueNow()).toEqual([]);
    expect(await waitingNotifications(test.partition)).toEqual({ count: 0, oldestAt: null });
  });

  it('tells nobody of the closing who could not be told of the opening', async () => {
    const id = await openAlert();
    await fanOut(telling());
    const claim = await claimNotification(test.partition, leadership.epoch, `${id}.ops.created`, 'ops');
    expect(claim.kind).toBe('claimed');
    await settleNotification(test.partition, `${id}.ops.created`, 'ops', 1, {
      kind: 'refused',
      words: '550 no',
      reason: 'rejected',
    });
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling());
    expect((await notificationsOf(id)).map(({ state }) => state)).toEqual(['refused']);
    expect(await waitingNotifications(test.partition)).toMatchObject({ count: 0 });
  });

  it('claims a notification for one sender at a time, and repeats it under the same id after a crash', async () => {
    const id = await openAlert();
    await fanOut(telling());
    const [due] = await dueNow();
    expect(await claimNotification(test.partition, leadership.epoch, due ?? '', 'ops')).toMatchObject({
      kind: 'claimed',
      attempt: 1,
      event: 'created',
      alerts: [{ alert: { id }, root: `${id}.ops.created` }],
    });
    expect(await claimNotification(test.partition, leadership.epoch, due ?? '', 'ops')).toEqual({ kind: 'later' });
    expect(await dueNow()).toEqual([]);
    await test.redis.hset(test.partition.keys.notification(due ?? ''), 'claimedUntil', 1);
    expect(await claimNotification(test.partition, leadership.epoch, due ?? '', 'ops')).toMatchObject({ attempt: 2 });
    // The first sender was only paused and comes back late: the second one's attempt stands.
    expect(await settleNotification(test.partition, due ?? '', 'ops', 1, { kind: 'accepted' })).toBe(false);
    expect(await settleNotification(test.partition, due ?? '', 'ops', 2, { kind: 'accepted' })).toBe(true);
  });

  it('records what was accepted also when the leadership ended meanwhile', async () => {
    const id = await openAlert();
    await fanOut(telling());
    await claimNotification(test.partition, leadership.epoch, `${id}.ops.created`, 'ops');
    await test.lead();
    expect(await settleNotification(test.partition, `${id}.ops.created`, 'ops', 1, { kind: 'accepted' })).toBe(true);
    expect(await notificationsOf(id)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
  });

  it('tries again after a pause, and keeps what the receiver said', async () => {
    const id = await openAlert();
    await fanOut(telling());
    await claimNotification(test.partition, leadership.epoch, `${id}.ops.created`, 'ops');
    await settleNotification(test.partition, `${id}.ops.created`, 'ops', 1, {
      kind: 'retry',
      words: '451 try later',
      reason: 'unavailable',
      pauseMs: 60_000,
    });
    expect(await dueNow()).toEqual([]);
    const [notification] = await notificationsOf(id);
    expect(notification).toMatchObject({ state: 'waiting', attempts: 1, lastError: '451 try later' });
    expect(notification?.nextAttemptAt).toBeGreaterThan(Date.now() + 50_000);
  });

  describe('reminders', () => {
    const later = () => Date.now() + 6 * minute;
    async function makeDue(id: string): Promise<void> {
      await test.redis.zadd(test.partition.keys.reminders, 1, `${id} ops`);
    }

    it('come one interval after the opening', async () => {
      const id = await openAlert();
      await fanOut(telling());
      await accept(`${id}.ops.created`);
      await remind(telling(), noHolds, Date.now());
      expect(await dueNow()).toEqual([]);
      await makeDue(id);
      await remind(telling(), noHolds, later());
      expect(await dueNow()).toEqual([`${id}.ops.ongoing.1`]);
    });

    it('are replaced by the next one while they could not be sent', async () => {
      const id = await openAlert();
      await fanOut(telling());
      await accept(`${id}.ops.created`);
      for (let round = 0; round < 3; round += 1) {
        await makeDue(id);
        await remind(telling(), noHolds, later());
      }
      expect(await dueNow()).toEqual([`${id}.ops.ongoing.3`]);
      expect((await notificationsOf(id)).map(({ state }) => state)).toEqual([
        'accepted',
        'expired',
        'expired',
        'waiting',
      ]);
    });

    it('that were not sent are dropped when the alert closes', async () => {
      const id = await openAlert();
      await fanOut(telling());
      await accept(`${id}.ops.created`);
      await makeDue(id);
      await remind(telling(), noHolds, later());
      await test.heartbeat('db-1');
      await detectNow();
      await fanOut(telling());
      expect(await dueNow()).toEqual([`${id}.ops.closed`]);
      await makeDue(id);
      await remind(telling(), noHolds, later());
      expect(await dueNow()).toEqual([`${id}.ops.closed`]);
    });

    it('never come from a receiver that does not remind', async () => {
      const id = await openAlert();
      await fanOut(telling([receiver('ops', null)]));
      expect(await test.redis.zcard(test.partition.keys.reminders)).toBe(0);
      await makeDue(id);
      await remind(telling([receiver('ops', null)]), noHolds, later());
      expect((await notificationsOf(id)).map(({ event }) => event)).toEqual(['created']);
    });
  });
});

describe('an alert that still stands one interval later', () => {
  it('becomes ongoing, once', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow({ becomesOngoingAfterMs: 0 });
    await moveToOngoing(options(), await readClock(test.partition));
    const [alert] = await alertsIn('open');
    expect(alert).toMatchObject({ state: 'ongoing', version: 2 });
    await moveToOngoing(options(), await readClock(test.partition));
    expect(await alertsIn('open')).toEqual([alert]);
  });
});

describe('what is held back', () => {
  const ops = receiver('ops');
  const telling = () => ({ partition: test.partition, leadership, receivers: [ops], routes: [] });
  const always: HoldContext = {
    silences: [{ id: 's', match: { server: 'db-*', label: null, kind: null }, until: Date.now() + 60_000 }],
    massSilence: null,
    quietUntil: () => null,
  };

  async function openAndTell(): Promise<string> {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    await detectNow();
    await fanOut(telling());
    const [alert] = await alertsIn('open');
    return alert?.id ?? '';
  }

  const hold = (id: string, until: number | null = null) =>
    holdNotifications(test.partition, leadership.epoch, [
      { id: `${id}.ops.created`, receiver: 'ops', because: 'silenced', until, over: false },
    ]);

  it('is kept for a named reason and not due, and told when what holds it ends', async () => {
    const id = await openAndTell();
    await hold(id);
    expect(await notificationsOf(id)).toMatchObject([{ state: 'held', heldBecause: 'silenced', attempts: 0 }]);
    expect(await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10)).toEqual([]);
    expect(await waitingNotifications(test.partition)).toMatchObject({ count: 0 });

    await askHeldAgain(test.partition);
    await askAboutHeld(test.partition, leadership, always, Date.now() + 1000);
    expect(await notificationsOf(id)).toMatchObject([{ state: 'held' }]);

    await askHeldAgain(test.partition);
    await askAboutHeld(test.partition, leadership, noHolds, Date.now() + 1000);
    expect(await notificationsOf(id)).toMatchObject([{ state: 'waiting', heldBecause: null }]);
    expect(await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10)).toEqual([`${id}.ops.created`]);
  });

  it('and has closed meanwhile is not sent, and neither is its closing', async () => {
    const id = await openAndTell();
    await hold(id);
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling());
    expect(await notificationsOf(id)).toMatchObject([{ state: 'expired', heldBecause: 'silenced' }]);
    await askHeldAgain(test.partition);
    await askAboutHeld(test.partition, leadership, noHolds, Date.now() + 1000);
    expect(await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10)).toEqual([]);
  });

  it('reminds nobody of what they have not heard of, and drops rather than keeps a reminder', async () => {
    const id = await openAndTell();
    await hold(id);
    await test.redis.zadd(test.partition.keys.reminders, 1, `${id} ops`);
    await remind(telling(), noHolds, Date.now());
    expect(await notificationsOf(id)).toHaveLength(1);
    await askHeldAgain(test.partition);
    await askAboutHeld(test.partition, leadership, noHolds, Date.now() + 1000);
    await claimNotification(test.partition, leadership.epoch, `${id}.ops.created`, 'ops');
    await settleNotification(test.partition, `${id}.ops.created`, 'ops', 1, { kind: 'accepted' });
    await test.redis.zadd(test.partition.keys.reminders, 1, `${id} ops`);
    await remind(telling(), always, Date.now());
    expect(await notificationsOf(id)).toHaveLength(1);
  });

  it('is told of closing also while it is silenced, when its opening was told', async () => {
    const id = await openAndTell();
    await claimNotification(test.partition, leadership.epoch, `${id}.ops.created`, 'ops');
    await settleNotification(test.partition, `${id}.ops.created`, 'ops', 1, { kind: 'accepted' });
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling());
    const [alert] = await alertsIn('closed');
    expect(alert === undefined ? null : holdDecision('closed', alert, 'ops', always)).toEqual({ kind: 'send' });
    expect(await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10)).toEqual([`${id}.ops.closed`]);
  });
});

describe('grouping', () => {
  const ops = receiver('ops');
  const group =
    (window = 10_000) =>
    async () => {
      const ids = await dueNotifications(test.partition, 'ops', Date.now() + 1, 1000);
      await formGroups(test.partition, leadership.epoch, 'ops', window, Math.random().toString(16).slice(2, 8), ids);
      return dueNotifications(test.partition, 'ops', Date.now() + 1, 1000);
    };

  async function fallSilent(names: readonly string[]): Promise<void> {
    for (const name of names) await test.heartbeat(name, { interval: 1, grace: 1 });
    await test.advance(2000);
    await detectNow();
    await fanOut({ partition: test.partition, leadership, receivers: [ops], routes: [] });
  }

  it('lets the first go at once and makes the others within the window one message', async () => {
    await fallSilent(['a', 'b', 'c', 'd']);
    const first = await group(300)();
    expect(first).toHaveLength(1);
    await fallSilent(['e']);
    expect(await group(300)()).toEqual(first);
    await settleAll(first);
    await new Promise((resolve) => setTimeout(resolve, 350));
    const [second, ...others] = await group(300)();
    expect(others).toEqual([]);
    expect(second).toMatch(/^group-/);
    const claim = await claimNotification(test.partition, leadership.epoch, second ?? '', 'ops');
    expect(claim.kind === 'claimed' && claim.alerts).toHaveLength(4);
    expect(claim.kind === 'claimed' && new Set(claim.alerts.map(({ root }) => root))).toEqual(new Set([second]));
    await settleNotification(test.partition, second ?? '', 'ops', 1, { kind: 'accepted' });
    for (const alert of await alertsIn('open')) {
      expect(await notificationsOf(alert.id)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
    }
    expect(await waitingNotifications(test.partition)).toMatchObject({ count: 0 });
  });

  async function settleAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await claimNotification(test.partition, leadership.epoch, id, 'ops');
      await settleNotification(test.partition, id, 'ops', 1, { kind: 'accepted' });
    }
  }

  it('is a message of its own while it waits, and no member of the next', async () => {
    await fallSilent(['a', 'b', 'c']);
    await settleAll(await group(50)());
    await new Promise((resolve) => setTimeout(resolve, 80));
    const [id] = await group(10_000)();
    expect(id).toMatch(/^group-/);
    await fallSilent(['d']);
    expect(await group(10_000)()).toEqual([id]);
  });

  it('keeps its members over a failure: a repeat is the same message', async () => {
    await fallSilent(['a', 'b', 'c']);
    await settleAll(await group(50)());
    await new Promise((resolve) => setTimeout(resolve, 80));
    const [id] = await group(50)();
    await claimNotification(test.partition, leadership.epoch, id ?? '', 'ops');
    await settleNotification(test.partition, id ?? '', 'ops', 1, {
      kind: 'retry',
      words: '451',
      reason: 'unavailable',
      pauseMs: 0,
    });
    await fallSilent(['d']);
    await group(50)();
    const again = await claimNotification(test.partition, leadership.epoch, id ?? '', 'ops');
    expect(again).toMatchObject({ kind: 'claimed', attempt: 2 });
    expect(again.kind === 'claimed' && again.alerts.map(({ alert }) => alert.server)).not.toContain('d');
  });

  it('never holds a reminder back, since the next would replace it', async () => {
    await fallSilent(['a']);
    const [id] = await group()();
    await settleAll([id ?? '']);
    const alertId = (await alertsIn('open'))[0]?.id ?? '';
    for (let round = 1; round <= 3; round += 1) {
      await test.redis.zadd(test.partition.keys.reminders, 1, `${alertId} ops`);
      await remind({ partition: test.partition, leadership, receivers: [ops], routes: [] }, noHolds, Date.now());
      expect(await group()()).toEqual([`${alertId}.ops.ongoing.${round}`]);
      await settleAll([`${alertId}.ops.ongoing.${round}`]);
    }
  });

  it('closes one by one what was told one by one', async () => {
    for (const name of ['a', 'b']) {
      await fallSilent([name]);
      await formGroups(test.partition, leadership.epoch, 'ops', 0, 'x', []);
      await settleAll(await dueNotifications(test.partition, 'ops', Date.now() + 1, 10));
    }
    for (const name of ['a', 'b']) await test.heartbeat(name, { interval: 1, grace: 60 });
    await detectNow();
    await fanOut({ partition: test.partition, leadership, receivers: [ops], routes: [] });
    const due = await group()();
    expect(due).toHaveLength(2);
    expect(due.every((one) => one.endsWith('.closed'))).toBe(true);
  });

  it('answers the group with what follows for each of its members', async () => {
    await fallSilent(['a', 'b', 'c']);
    await settleAll(await group(50)());
    await new Promise((resolve) => setTimeout(resolve, 80));
    const [id] = await group(50)();
    await settleAll([id ?? '']);
    await test.heartbeat('b', { interval: 1, grace: 60 });
    await test.heartbeat('c', { interval: 1, grace: 60 });
    await detectNow();
    await fanOut({ partition: test.partition, leadership, receivers: [ops], routes: [] });
    const due = await dueNotifications(test.partition, 'ops', Date.now() + 1, 10);
    const roots = await Promise.all(
      due.map(async (one) => {
        const claim = await claimNotification(test.partition, leadership.epoch, one, 'ops');
        return claim.kind === 'claimed' ? claim.alerts.map(({ root, alert }) => [alert.server, root]) : [];
      }),
    );
    expect(roots.flat().filter(([server]) => server !== 'a' && server !== undefined)).toEqual(
      expect.arrayContaining([expect.arrayContaining([id])]),
    );
  });
});

describe('a mass silence', () => {
  const settings = { share: 0.5, withinMs: 60_000, atLeast: 5, releaseAfterMs: 900_000 };

  async function judge(): Promise<void> {
    await judgeFleet(
      {
        partitions: [test.partition],
        leadership,
        massSilence: settings,
        blindness: { blindAfterMs: 120_000 },
        becomesOngoingAfterMs: 30_000,
        logger: silentLogger,
      },
      await readClock(test.partition),
    );
  }

  it('is known before the first deadline, opens one alert, and ends when most are back', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `host-${index}`);
    for (const name of names) await test.heartbeat(name);
    await test.advance(64_000);
    await judge();
    expect(await alertsIn('open')).toEqual([]);
    await test.advance(2000);
    await judge();
    await judge();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'mass-silence', server: null, state: 'created' }]);
    const lasting = await readMassSilence(test.partition);
    expect(lasting).toMatchObject({ late: 20, upBefore: 20 });

    await test.advance(240_000);
    await detectNow();
    const offline = (await alertsIn('open')).filter(({ kind }) => kind === 'offline');
    expect(offline).toHaveLength(20);
    for (const alert of offline) {
      expect(holdDecision('created', alert, 'ops', { ...noHolds, massSilence: lasting })).toMatchObject({
        kind: 'hold',
        because: 'mass-silence',
      });
    }
    for (const name of names.slice(0, 11)) await test.heartbeat(name);
    await judge();
    expect(await readMassSilence(test.partition)).toBeNull();
    expect((await alertsIn('closed')).filter(({ kind }) => kind === 'mass-silence')).toHaveLength(1);
  });

  it('is none when fewer than the share, or too few, fall silent', async () => {
    for (let index = 0; index < 20; index += 1)
      await test.heartbeat(`host-${index}`, { interval: index < 9 ? 30 : 600 });
    await test.advance(70_000);
    await judge();
    expect(await readMassSilence(test.partition)).toBeNull();
  });

  it('does not count servers that said goodbye', async () => {
    for (let index = 0; index < 6; index += 1) {
      await test.heartbeat(`host-${index}`);
      await test.heartbeat(`host-${index}`, { status: 'stopping' });
    }
    await test.advance(70_000);
    await judge();
    expect(await readMassSilence(test.partition)).toBeNull();
  });
});

describe('the monitor that is blind', () => {
  it('says so itself when it was for most of the time, and ends it when it sees again', async () => {
    const { partition, redis } = test;
    const judge = async () =>
      judgeFleet(
        {
          partitions: [partition],
          leadership,
          massSilence: null,
          blindness: { blindAfterMs: 120_000 },
          becomesOngoingAfterMs: 30_000,
          logger: silentLogger,
        },
        await readClock(partition),
      );
    const { now } = await readClock(partition);
    await redis.hset(partition.keys.clock, 'tickAt', now - 80_000);
    await judge();
    expect(await alertsIn('open')).toEqual([]);
    await redis.hset(partition.keys.clock, 'tickAt', now - 100_000);
    await judge();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'monitor-blind', server: null, severity: 'critical' }]);
    await partition.run('tick', [0]);
    await redis.zadd(partition.keys.blindness, now, `${now - 130_000}-${now - 110_000}`);
    await redis.zremrangebyrank(partition.keys.blindness, -1, -1);
    await judge();
    expect(await alertsIn('open')).toEqual([]);
  });
});

describe('flapping', () => {
  const settings = { changes: 4, withinMs: 3_600_000 };
  const state = async (percent: number) => {
    await test.heartbeat('db-1', disk(percent));
    await detectNow({ flapping: settings });
  };

  it('keeps the alert open, says so once, and tells what stands after 15 minutes without a change', async () => {
    for (const percent of [99, 10, 99, 10]) await state(percent);
    const [alert] = await alertsIn('open');
    expect(alert).toMatchObject({ kind: 'disk-full', flapping: { standing: false } });
    for (const percent of [99, 10, 99]) await state(percent);
    expect(await alertsIn('open')).toMatchObject([{ id: alert?.id, flapping: { standing: true } }]);
    const events = (await waitingTransitions(test.partition, 100)).map(({ event }) => event);
    expect(events).toEqual(['created', 'closed', 'created', 'flapping']);

    const [server] = await loadServers(test.partition, ['db-1']);
    expect(server?.history).not.toEqual({});
    await test.redis.zadd(test.partition.keys.judgeAgain, 1, 'db-1');
    const [open] = await alertsIn('open');
    const quiet = { ...open, flapping: { ...open?.flapping, changedAt: Date.now() - 16 * minute } };
    await test.redis.set(test.partition.keys.alert(alert?.id ?? ''), JSON.stringify(quiet));
    await detectNow({ flapping: settings });
    expect(await alertsIn('open')).toMatchObject([{ id: alert?.id, flapping: null }]);
    expect((await waitingTransitions(test.partition, 100)).at(-1)?.event).toBe('steady');
  });
});

describe('a server that is forgotten', () => {
  it('is gone, its alerts close for that reason, and it cannot be brought back by a replay', async () => {
    const sentAt = Date.now() + 5000;
    await test.heartbeat('db-1', { sentAt, ...disk(99) });
    await detectNow();
    const [alert] = await alertsIn('open');
    const closed = alert === undefined ? null : closedAlert(alert, 'forgotten', Date.now());
    const key = 'disk-full|/';
    expect(await forgetServer(test.partition, 'db-1', [{ key, id: alert?.id ?? '', wasVersion: 7, closed }])).toBe(
      'conflict',
    );
    expect(await forgetServer(test.partition, 'db-1', [{ key, id: alert?.id ?? '', wasVersion: 1, closed }])).toBe(
      'forgotten',
    );
    expect(await alertsIn('closed')).toMatchObject([{ closedBecause: 'forgotten' }]);
    expect(await loadServers(test.partition, ['db-1'])).toEqual([null]);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 0 });
    expect(await test.heartbeat('db-1', { sentAt })).toEqual({ kind: 'replay', lastSentAt: sentAt });
    expect(await test.heartbeat('db-1', { sentAt: sentAt + 1 })).toMatchObject({ kind: 'recorded' });
  });

  it('stays revoked', async () => {
    await test.heartbeat('db-1');
    await test.partition.run('revokeServer', ['db-1']);
    expect(await forgetServer(test.partition, 'db-1', [])).toBe('forgotten');
    expect(await test.heartbeat('db-1', { sentAt: Date.now() + 60_000 })).toEqual({ kind: 'revoked', generation: 1 });
  });

  it('is left alone by a leader that is just judging it', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minute);
    const judged = await judgeServers(options(), ['db-1'], await readClock(test.partition));
    await forgetServer(test.partition, 'db-1', []);
    await write(options(), judged);
    expect(await alertsIn('open')).toEqual([]);
  });
});

describe('a server that is expected', () => {
  it('is unknown until it reports, and alerted of when it never does', async () => {
    expect(await expectServer(test.partition, 'new-1', 600_000, 100)).toBe('expected');
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 1, unknown: 1, silent: 0 });
    await test.advance(601_000);
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'never-reported', server: 'new-1' }]);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 1, unknown: 1, silent: 0 });
    await test.heartbeat('new-1');
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    expect(await countServers(test.partition, 0)).toMatchObject({ total: 1, unknown: 0, silent: 0 });
    expect(await expectServer(test.partition, 'new-1', 600_000, 100)).toBe('has-reported');
  });
});

describe('what an agent reveals of itself', () => {
  it('opens clock-skew for a clock that is wrong by more than allowed', async () => {
    await test.heartbeat('db-1', { clockOffset: -59_000 });
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    await test.heartbeat('db-1', { clockOffset: -3_600_000 });
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'clock-skew', summary: 'has a clock that is 1 h ahead' }]);
    await test.heartbeat('db-1', { clockOffset: 0 });
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
  });

  it('opens duplicate-identity when two machines take turns, and not when one restarts', async () => {
    for (const bootId of ['a', 'b', 'c']) await test.heartbeat('db-1', { bootId });
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
    for (const bootId of ['d', 'c', 'd']) await test.heartbeat('db-1', { bootId });
    await detectNow();
    expect(await alertsIn('open')).toMatchObject([{ kind: 'duplicate-identity' }]);
    await test.redis.hset(test.partition.keys.server('db-1'), 'alternatedAt', 1);
    await test.redis.zadd(test.partition.keys.judgeAgain, 1, 'db-1');
    await detectNow();
    expect(await alertsIn('open')).toEqual([]);
  });
});

describe('one bad record', () => {
  it('does not stop the pass: unreadable facts, an unreadable alert, an unknown kind', async () => {
    await test.heartbeat('bad-facts', disk(99));
    await test.heartbeat('bad-alert', disk(99));
    await test.heartbeat('newer', disk(10));
    await detectNow();
    const [broken] = (await alertsIn('open')).filter(({ server }) => server === 'bad-alert');
    await test.redis.set(test.partition.keys.facts('bad-facts'), '{"sentAt":');
    await test.redis.set(test.partition.keys.alert(broken?.id ?? ''), 'no json');
    const newer = { ...broken, id: '0-newer', server: 'newer', kind: 'quantum-flux', subject: '', version: 1 };
    await test.redis.set(test.partition.keys.alert('0-newer'), JSON.stringify(newer));
    await test.redis.hset(test.partition.keys.open('newer'), 'quantum-flux|', '0-newer');
    for (const name of ['bad-facts', 'bad-alert', 'newer', 'good'])
      await test.redis.zadd(test.partition.keys.changed, 1, name);
    await test.heartbeat('good', disk(97));
    await detectNow();
    await detectNow();
    expect(await changedServers(test.partition, 10)).toEqual([]);
    const open = await alertsIn('open');
    expect(open.map(({ server }) => server)).toEqual(expect.arrayContaining(['good', 'bad-alert']));
    expect(await test.redis.hget(test.partition.keys.open('newer'), 'quantum-flux|')).toBe('0-newer');
  });
});
