/** The steps of a pass, one by one, on a real Redis: for tests of what happens between them. */

import { setTimeout } from 'node:timers/promises';
import { type Alert, acknowledgedAlert } from '@healthapp/shared/domain/alert';
import type { Thresholds } from '@healthapp/shared/domain/detect';
import type { FlappingSettings } from '@healthapp/shared/domain/flapping';
import type { HoldContext } from '@healthapp/shared/domain/hold';
import type { Notification } from '@healthapp/shared/domain/notification';
import { alertIds, loadAlerts, updateAlert } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { dueNotifications, loadNotifications, notificationIdsOf } from '@healthapp/shared/redis/notifications';
import { type Logger, silentLogger } from '@healthapp/shared/runtime/logger';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';
import { type DetectOptions, detect } from '../detect.ts';
import { fanOut, remind } from '../fan-out.ts';
import { askAboutHeld } from '../holds.ts';
import type { Leadership } from '../leadership.ts';
import type { Receiver } from '../ports.ts';
import { leadPartition, type ProcessorOptions } from '../processor.ts';
import { createSender, type Sender } from '../send.ts';
import { createTally } from '../tally.ts';

export const minute = 60_000;
export const noHolds: HoldContext = { silences: [], massSilence: null, quietUntil: () => null };
export const thresholds: Thresholds = {
  maxFilesystemPercentage: 95,
  clockSkewMs: minute,
  heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 2 * minute, events: [] },
};

/** Silences servers for a minute. @param server a pattern. */
export function silencedNow(server = '*'): HoldContext {
  const match = { server, label: null, kind: null };
  return { ...noHolds, silences: [{ id: 's', match, until: Date.now() + minute }] };
}

export const disk = (percent: number, path = '/') => ({
  host: { filesystems: [{ path, size: 100, used: percent, free: 100 - percent, percent }] },
});

/** One that takes what it is given, and remembers it: `event` and the servers. @param refusal thrown by each try. */
export function testReceiver(name: string, over: Partial<Receiver> = {}): Receiver & { readonly told: string[] } {
  const told: string[] = [];
  return {
    name,
    kind: 'test',
    remindEveryMs: 5 * minute,
    told,
    describe: ({ event, alerts }) => `${event} ${alerts.map(({ alert }) => alert.server).join(' ')}`,
    send: async (payload) => {
      told.push(payload as string);
      return null;
    },
    close: async () => {},
    ...over,
  };
}

export interface TestEngine extends TestPartition {
  readonly leadership: Leadership;
  detectNow(over?: Partial<DetectOptions>): Promise<void>;
  /** Changes how full a disk is and judges it. */
  fill(percent: number, flapping?: FlappingSettings | null): Promise<void>;
  fanOutNow(): Promise<void>;
  askNow(holds?: HoldContext): Promise<void>;
  /** Makes the reminder of an alert due to one receiver, and decides it. */
  remindNow(alertId: string, receiver: string, holds?: HoldContext): Promise<void>;
  /** Sends what is due until all of it was tried once. */
  sendNow(holds?: HoldContext, over?: Partial<Parameters<typeof createSender>[0]>): Promise<void>;
  createSender(over?: Partial<Parameters<typeof createSender>[0]>): Sender;
  /** As an operator does; null takes it back. */
  acknowledge(alert: Alert, by: string | null): Promise<void>;
  open(): Promise<Alert[]>;
  closed(): Promise<Alert[]>;
  notificationsOf(alertId: string): Promise<Notification[]>;
  due(receiver: string): Promise<string[]>;
}

export async function openTestEngine(redisUrl: string, receivers: readonly Receiver[]): Promise<TestEngine> {
  const test = await openTestPartition(redisUrl);
  const leadership = await test.lead();
  const { partition } = test;
  const telling = { partition, leadership, receivers, routes: [] };
  const now = async () => (await readClock(partition)).now;
  const sender = (over: Partial<Parameters<typeof createSender>[0]> = {}) =>
    createSender({
      partition,
      leadership,
      receivers,
      memory: { noteTold: () => {}, putBack: async () => {} },
      publicUrl: null,
      timezone: 'UTC',
      groupWindowMs: 0,
      cooldowns: { emailMs: 0 },
      now: Date.now,
      onSettled: () => {},
      tally: createTally(),
      logger: silentLogger as Logger,
      ...over,
    });
  const alerts = async (order: 'open' | 'closed') => {
    const ids = (await alertIds(partition, order, null, 10_000)).map(({ id }) => id);
    return (await loadAlerts(partition, ids)).flatMap((alert) => alert ?? []);
  };
  const detectNow = async (over: Partial<DetectOptions> = {}) => {
    const options = { partition, leadership, thresholds, flapping: null, becomesOngoingAfterMs: 30_000 };
    await detect({ ...options, tally: createTally(), logger: silentLogger, ...over }, await readClock(partition));
  };
  return {
    ...test,
    leadership,
    detectNow,
    async fill(percent, flapping = null) {
      await test.heartbeat('db-1', disk(percent));
      await detectNow({ flapping });
    },
    fanOutNow: () => fanOut(telling),
    async askNow(holds = noHolds) {
      await askAboutHeld(partition, leadership, holds, (await now()) + 1);
    },
    async remindNow(alertId, receiver, holds = noHolds) {
      await test.redis.zadd(partition.keys.reminders, 1, `${alertId} ${receiver}`);
      await remind(telling, holds, await now());
    },
    async sendNow(holds = noHolds, over = {}) {
      const sending = sender(over);
      await sending.sendDue((await now()) + 1, holds);
      await sending.idle();
    },
    createSender: sender,
    async acknowledge(alert, by) {
      const [fresh = null] = await loadAlerts(partition, [alert.id]);
      const acknowledgement = by === null ? null : { at: Date.now(), by, comment: '' };
      if (fresh === null || !(await updateAlert(partition, fresh, acknowledgedAlert(fresh, acknowledgement))))
        throw new Error(`${alert.id} could not be acknowledged`);
    },
    open: () => alerts('open'),
    closed: () => alerts('closed'),
    async notificationsOf(alertId) {
      const [ids = []] = await notificationIdsOf(partition, [alertId]);
      return loadNotifications(partition, ids);
    },
    due: (receiver) => dueNotifications(partition, receiver, Date.now() + 1000, 10_000),
  };
}

/** A leader that runs, on passes of 200 ms at the longest. */
export function leading(engine: TestEngine, receivers: readonly Receiver[], over: Partial<ProcessorOptions> = {}) {
  const ending = new AbortController();
  const leadership = { ...engine.leadership, signal: ending.signal, holds: () => !ending.signal.aborted };
  const led = leadPartition(
    {
      partitions: [engine.partition],
      partition: engine.partition,
      receivers,
      routes: [],
      rules: { rules: [], dryRun: false },
      restarts: null,
      cooldowns: { emailMs: 0, restartAppMs: 0, restartDynoMs: 0 },
      sent: new Set(),
      thresholds,
      flapping: null,
      massSilence: null,
      blindness: { blindAfterMs: 2 * minute },
      retention: { alertsMs: 90 * 24 * 60 * minute, auditMs: 90 * 24 * 60 * minute },
      groupWindowMs: 0,
      intervalMs: 200,
      publicUrl: null,
      timezone: 'UTC',
      wake: { ring: () => {}, listen: () => ({ within: (ms, signal) => pause(ms, signal) }), close: async () => {} },
      memory: { noteTold: () => {}, putBack: async () => {} },
      continuity: { check: async () => {} },
      tally: createTally(),
      deadman: null,
      now: Date.now,
      logger: silentLogger,
      ...over,
    },
    leadership,
  );
  return {
    async stop() {
      ending.abort();
      await led;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
