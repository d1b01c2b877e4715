/**
 * Random histories, through the real scripts on a real Redis and through a model of a few lines; after every
 * pass both must say the same. A failing history is printed with its seed and shrunk.
 */
import type { Alert } from '@healthapp/shared/domain/alert';
import { acknowledgedAlert, closedAlert } from '@healthapp/shared/domain/alert';
import type { FlappingSettings } from '@healthapp/shared/domain/flapping';
import type { HoldContext } from '@healthapp/shared/domain/hold';
import { holdDecision, isOver } from '@healthapp/shared/domain/hold';
import { problemKey } from '@healthapp/shared/domain/problem';
import { alertIds, loadAlerts, updateAlert, waitingTransitions } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { askHeldAgain, holdNotifications } from '@healthapp/shared/redis/held-notifications';
import {
  claimNotification,
  dueNotifications,
  formGroups,
  loadNotifications,
  notificationIdsOf,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import { forgetServer, loadServers } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { detect, judgeServers, moveToOngoing, write } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { askAboutHeld } from './holds.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createTally } from './tally.ts';

const servers = ['a-1', 'a-2', 'b-1'] as const;
type Server = (typeof servers)[number];

type Step =
  | { readonly do: 'heartbeat'; readonly server: Server; readonly grace: number; readonly disk: number }
  | { readonly do: 'goodbye'; readonly server: Server; readonly seconds: number }
  | { readonly do: 'advance'; readonly seconds: number }
  | { readonly do: 'blind' }
  | { readonly do: 'pass'; readonly smtp: 'accepts' | 'fails' | 'refuses' | 'crashes' }
  | { readonly do: 'late-judgement'; readonly server: Server; readonly disk: number }
  | { readonly do: 'another-leader' }
  | { readonly do: 'silence'; readonly on: boolean }
  | { readonly do: 'quiet-hours'; readonly on: boolean }
  | { readonly do: 'acknowledge' }
  | { readonly do: 'keep-still' }
  | { readonly do: 'forget'; readonly server: Server };

const server = fc.constantFrom(...servers);
const disk = fc.constantFrom(10, 93, 94, 95, 96, 99);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('heartbeat' as const), server, grace: fc.constantFrom(30, 60, 600), disk }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('goodbye' as const), server, seconds: fc.constantFrom(30, 300) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), seconds: fc.constantFrom(10, 29, 31, 61, 700) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('blind' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      smtp: fc.constantFrom('accepts' as const, 'fails' as const, 'refuses' as const, 'crashes' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late-judgement' as const), server, disk }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('another-leader' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('silence' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('quiet-hours' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), server }) },
);

/** One server whose disk fills and empties, judged each time, and what may come in between. */
const comingAndGoing: fc.Arbitrary<Step[]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({ disk: fc.constantFrom(10, 99), pass: step.filter((one) => one.do === 'pass') })
      .map(({ disk: percent, pass }): Step[] => [{ do: 'heartbeat', server: 'a-1', grace: 600, disk: percent }, pass]),
  },
  {
    weight: 2,
    arbitrary: step.filter((one) => one.do === 'pass').map((pass): Step[] => [{ do: 'keep-still' }, pass]),
  },
  { weight: 3, arbitrary: step.filter(({ do: what }) => holding.has(what)).map((one): Step[] => [one]) },
);
const holding: ReadonlySet<Step['do']> = new Set<Step['do']>([
  'silence',
  'acknowledge',
  'quiet-hours',
  'another-leader',
  'late-judgement',
]);

/** What the model knows of a server: the whole of what decides about its alerts. */
interface ModelServer {
  due: number;
  goodbyeUntil: number;
  disk: number;
  diskOpen: boolean;
  offlineOpen: boolean;
}

let test: TestPartition;
beforeAll(async () => {
  test = await openTestPartition(inject('redisUrl'));
});
afterAll(() => test.close());

const ops: Receiver = {
  name: 'ops',
  kind: 'test',
  remindEveryMs: 60_000,
  describe: () => '',
  send: async () => null,
  close: async () => {},
};

class History {
  readonly model = new Map<Server, ModelServer>();
  readonly told: string[] = [];
  observed = 0;
  silenced = false;
  quiet = false;
  leadership!: Leadership;
  readonly flapping: FlappingSettings | null;

  /** @param flapping with it, which alerts are open is not compared with the model, only that everybody is told. */
  constructor(flapping: FlappingSettings | null) {
    this.flapping = flapping;
  }

  get holds(): HoldContext {
    const match = { server: 'a-*', label: null, kind: null };
    return {
      silences: this.silenced ? [{ id: 's', match, until: Date.now() + 3_600_000 }] : [],
      massSilence: null,
      quietUntil: () => (this.quiet ? Date.now() + 3_600_000 : null),
    };
  }

  get options() {
    const { partition } = test;
    const thresholds = {
      maxFilesystemPercentage: 95,
      clockSkewMs: 60_000,
      heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: ['deploy' as const] },
    };
    return {
      partition,
      leadership: this.leadership,
      thresholds,
      flapping: this.flapping,
      becomesOngoingAfterMs: 0,
      tally: createTally(),
      logger: silentLogger,
    };
  }

  async begin(): Promise<void> {
    await test.redis.flushdb();
    await test.partition.run('tick', [0]);
    this.observed = (await readClock(test.partition)).observed;
    this.leadership = await test.lead();
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'heartbeat':
        return this.heartbeat(one.server, one.grace, one.disk);
      case 'goodbye': {
        await this.pin();
        await test.heartbeat(one.server, {
          interval: 10,
          grace: 30,
          status: 'stopping',
          expectBackWithin: one.seconds,
          host: hostWith(10),
        });
        const goodbyeUntil = this.observed + one.seconds * 1000;
        this.model.set(one.server, {
          ...this.modelOf(one.server),
          due: Math.max(this.observed + 30_000, goodbyeUntil),
          goodbyeUntil,
          disk: 10,
        });
        return;
      }
      case 'advance':
        await test.advance(one.seconds * 1000);
        this.observed += one.seconds * 1000;
        return;
      case 'blind': {
        // Nobody watched for ten minutes: no deadline may have come nearer.
        const { now } = await readClock(test.partition);
        await test.redis.hset(test.partition.keys.clock, 'observed', this.observed, 'tickAt', now - 600_000);
        await test.partition.run('tick', [0]);
        await test.redis.hset(test.partition.keys.clock, 'settleUntil', 0);
        return;
      }
      case 'pass':
        return this.pass(one.smtp);
      case 'late-judgement': {
        await this.pin();
        const judged = await judgeServers(this.options, [one.server], await readClock(test.partition));
        await this.heartbeat(one.server, 600, one.disk);
        return write(this.options, judged);
      }
      case 'another-leader': {
        const earlier = this.leadership;
        this.leadership = await test.lead();
        await expect(write({ ...this.options, leadership: earlier }, [])).rejects.toThrow();
        return;
      }
      case 'silence':
        this.silenced = one.on;
        return askHeldAgain(test.partition);
      case 'quiet-hours':
        this.quiet = one.on;
        return askHeldAgain(test.partition);
      case 'keep-still':
        return this.endFlapping();
      case 'acknowledge': {
        const [alert] = await this.open();
        const acknowledgement = { at: Date.now(), by: 'ops', comment: '' };
        if (alert !== undefined) await updateAlert(test.partition, alert, acknowledgedAlert(alert, acknowledgement));
        return;
      }
      case 'forget': {
        const [stored] = await loadServers(test.partition, [one.server]);
        const open = (await this.open()).filter((alert) => alert.server === one.server);
        const closing = open.map((alert) => ({
          key: problemKey(alert),
          id: alert.id,
          wasVersion: alert.version,
          closed: closedAlert(alert, 'forgotten', Date.now()),
        }));
        const outcome = await forgetServer(test.partition, one.server, closing);
        expect(outcome).toBe(stored === null ? 'unknown' : 'forgotten');
        this.model.delete(one.server);
        return;
      }
      default: {
        const unhandled: never = one;
        return unhandled;
      }
    }
  }

  modelOf(name: Server): ModelServer {
    return this.model.get(name) ?? { due: 0, goodbyeUntil: 0, disk: 0, diskOpen: false, offlineOpen: false };
  }

  /** Real time passes while a test runs; the model's clock is put back in force before it matters. */
  async pin(): Promise<void> {
    const { now } = await readClock(test.partition);
    // A tick in the future adds nothing to what is observed until then.
    await test.redis.hset(test.partition.keys.clock, 'observed', this.observed, 'tickAt', now + 60_000);
  }

  async heartbeat(name: Server, grace: number, percent: number): Promise<void> {
    await this.pin();
    await test.heartbeat(name, { interval: 10, grace, host: hostWith(percent) });
    const was = this.modelOf(name);
    const goodbyeUntil = this.observed >= was.goodbyeUntil ? 0 : was.goodbyeUntil;
    const due = Math.max(this.observed + grace * 1000, goodbyeUntil);
    this.model.set(name, { ...was, goodbyeUntil, due, disk: percent });
  }

  async pass(smtp: 'accepts' | 'fails' | 'refuses' | 'crashes'): Promise<void> {
    await this.pin();
    const clock = await readClock(test.partition);
    await detect(this.options, clock);
    await moveToOngoing(this.options, clock);
    const telling = { partition: test.partition, leadership: this.leadership, receivers: [ops], routes: [] };
    await fanOut(telling);
    await askAboutHeld(test.partition, this.leadership, this.holds, clock.now + 1);
    await remind(telling, this.holds, clock.now + 60_000);
    await this.send(smtp);
    this.modelPass();
    const open = (await this.open()).map((alert) => `${alert.server} ${alert.kind}`);
    expect(new Set(open).size).toBe(open.length);
    if (this.flapping === null) expect(open.sort()).toEqual(this.modelOpen());
    expect(await waitingTransitions(test.partition, 10)).toEqual([]);
  }

  async send(smtp: 'accepts' | 'fails' | 'refuses' | 'crashes'): Promise<void> {
    const { epoch } = this.leadership;
    const later = Date.now() + 1000;
    const free: string[] = [];
    for (const { id, event, alertId } of await loadNotifications(
      test.partition,
      await dueNotifications(test.partition, 'ops', later, 100),
    )) {
      const [alert] = await loadAlerts(test.partition, [alertId]);
      const decision = alert === null || alert === undefined ? null : holdDecision(event, alert, 'ops', this.holds);
      if (alert !== undefined && alert !== null && decision?.kind === 'hold')
        await holdNotifications(test.partition, epoch, [{ id, receiver: 'ops', ...decision, over: isOver(alert) }]);
      else free.push(id);
    }
    await formGroups(test.partition, epoch, 'ops', 1, `${Math.random()}`.slice(2), free);
    for (const id of await dueNotifications(test.partition, 'ops', later, 100)) {
      const claim = await claimNotification(test.partition, epoch, id, 'ops');
      if (claim.kind !== 'claimed') continue;
      if (smtp === 'crashes') {
        // The mail went out, and the leader died before it could say so; its lease is over.
        this.told.push(id);
        await test.redis.hset(test.partition.keys.notification(id), 'claimedUntil', 1);
        await test.redis.zadd(test.partition.keys.due('ops'), 1, id);
        continue;
      }
      const settlement =
        smtp === 'accepts'
          ? ({ kind: 'accepted' } as const)
          : smtp === 'fails'
            ? ({ kind: 'retry', words: '451', reason: 'unavailable', pauseMs: 0 } as const)
            : ({ kind: 'refused', words: '550', reason: 'rejected' } as const);
      if (smtp === 'accepts') this.told.push(id);
      expect(await settleNotification(test.partition, id, 'ops', claim.attempt, settlement)).toBe(true);
    }
  }

  modelPass(): void {
    for (const known of this.model.values()) {
      known.offlineOpen = known.due <= this.observed;
      if (!known.offlineOpen) known.diskOpen = known.disk >= 95 || (known.diskOpen && known.disk > 94);
    }
  }

  modelOpen(): string[] {
    const open: string[] = [];
    for (const [name, known] of this.model) {
      if (known.offlineOpen) open.push(`${name} offline`);
      if (known.diskOpen) open.push(`${name} disk-full`);
    }
    return open.sort();
  }

  async alerts(order: 'open' | 'closed'): Promise<Alert[]> {
    const positions = await alertIds(test.partition, order, null, 1000);
    const alerts = await loadAlerts(
      test.partition,
      positions.map(({ id }) => id),
    );
    return alerts.flatMap((alert) => alert ?? []);
  }

  open(): Promise<Alert[]> {
    return this.alerts('open');
  }

  /** After quiet: the silence over, the mail server well, and passes until nothing is due. */
  async settle(): Promise<void> {
    this.silenced = false;
    this.quiet = false;
    await this.endFlapping();
    for (const alert of await this.open()) {
      if (alert.acknowledgement !== null) await updateAlert(test.partition, alert, acknowledgedAlert(alert, null));
    }
    await askHeldAgain(test.partition);
    for (let round = 0; round < 12; round += 1) {
      await this.pass('accepts');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** What flaps has kept still for long. */
  async endFlapping(): Promise<void> {
    const { keys } = test.partition;
    for (const alert of await this.open()) {
      if (alert.flapping === null || alert.server === null) continue;
      const quiet = { ...alert, flapping: { ...alert.flapping, changedAt: Date.now() - 3_600_000 } };
      await test.redis.set(keys.alert(alert.id), JSON.stringify(quiet));
      await test.redis.zadd(keys.judgeAgain, 1, alert.server);
    }
  }

  /** Every alert was told, or not for a named reason; nothing was told twice but after a crash, or out of order. */
  async assertTold(): Promise<void> {
    const { keys } = test.partition;
    for (const set of [keys.held, keys.waiting, keys.due('ops')])
      expect([set, await test.redis.zcard(set)]).toEqual([set, 0]);
    for (const alert of [...(await this.alerts('open')), ...(await this.alerts('closed'))]) {
      const [ids] = await notificationIdsOf(test.partition, [alert.id]);
      const notifications = await loadNotifications(test.partition, ids ?? []);
      const created = notifications.find(({ event }) => event === 'created');
      const closed = notifications.find(({ event }) => event === 'closed');
      expect(created).toBeDefined();
      for (const notification of notifications) {
        expect(['accepted', 'refused', 'expired']).toContain(notification.state);
        if (notification.state === 'expired') expect(notification.heldBecause).not.toBeNull();
      }
      if (alert.state === 'closed' && created?.state === 'accepted') expect(closed).toBeDefined();
      if (created?.state !== 'accepted') expect(closed?.state).not.toBe('accepted');
      if (closed?.state === 'accepted') {
        expect(created?.state).toBe('accepted');
        const message = (one: typeof created) => this.told.indexOf(one?.group ?? one?.id ?? '');
        expect(message(created)).toBeLessThan(message(closed));
      }
    }
  }
}

function hostWith(percent: number) {
  return { filesystems: [{ path: '/', size: 100, used: percent, free: 100 - percent, percent }] };
}

describe('any history', () => {
  it('leaves the alerts that a fresh look would open, and everybody told or held for a named reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const history = new History(null);
        await history.begin();
        for (const one of steps) await history.take(one);
        await history.settle();
        await history.assertTold();
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 150) },
    );
  }, 120_000);

  it('leaves nothing stuck when problems come and go until they flap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(comingAndGoing, { minLength: 5, maxLength: 25 }), async (steps) => {
        const history = new History({ changes: 2, withinMs: 3_600_000 });
        await history.begin();
        for (const one of steps.flat()) await history.take(one);
        await history.settle();
        await history.assertTold();
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 150) },
    );
  }, 120_000);
});
