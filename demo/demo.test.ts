import { isServerName } from '@healthapp/shared/domain/server';
import { heartbeatSchema } from '@healthapp/shared/wire/heartbeat';
import { describe, expect, it } from 'vitest';
import { inventActors } from './actors.ts';
import { createChance } from './chance.ts';
import { absenceAt, pastMs } from './fate.ts';
import { inventApps } from './heroku/apps.ts';
import { appFactsAt, dynosAt, memoryAt } from './heroku/facts.ts';
import { logBetween } from './heroku/log.ts';

const minuteMs = 60_000;
const noon = Date.parse('2026-11-20T12:00:00Z');

describe('an invented fleet', () => {
  const fleet = inventActors('demo', 200);

  it('is the same for the same seed, and another for another', () => {
    const told = (seed: string) =>
      JSON.stringify(inventActors(seed, 20).map((actor) => [actor.server, actor.fate, actor.factsAt(5, noon)]));
    expect(told('demo')).toBe(told('demo'));
    expect(told('other')).not.toBe(told('demo'));
  });

  it('has names, facts and checks that the API takes, at any time', () => {
    expect(new Set(fleet.map(({ server }) => server.name)).size).toBe(200);
    for (const actor of fleet) {
      expect(isServerName(actor.server.name)).toBe(true);
      for (const at of [-pastMs, -minuteMs, 0, 90 * minuteMs]) {
        const heartbeat = { sentAt: noon, interval: 15, ...actor.factsAt(at, noon + at) };
        expect(heartbeatSchema.safeParse(heartbeat).error?.issues ?? []).toEqual([]);
      }
    }
  });

  it('has servers that die, flap, are drained, and fill their disks while one watches', () => {
    const within = (from: number, to: number) =>
      fleet.filter(({ fate }) => fate.absences.some((absence) => absence.from >= from && absence.from < to));
    expect(within(0, minuteMs).length).toBeGreaterThanOrEqual(5);
    expect(within(minuteMs, 10 * minuteMs).length).toBeGreaterThanOrEqual(3);
    expect(fleet.some(({ fate }) => absenceAt(fate, minuteMs)?.kind === 'stopped')).toBe(true);
    const fullest = (at: number) =>
      fleet.filter((actor) => actor.factsAt(at, noon + at).host.filesystems?.some(({ percent }) => percent >= 95))
        .length;
    expect([fullest(0), fullest(20 * minuteMs), fullest(60 * minuteMs)]).toEqual([2, 1, 0]);
  });

  it('has a past with outages and planned work, which do not touch each other', () => {
    const kinds = new Set<string>();
    for (const { fate } of fleet) {
      const past = fate.absences.filter(({ to }) => to < 0);
      for (const { kind } of past) kinds.add(kind);
      past.slice(1).forEach(({ from }, index) => {
        expect(from).toBeGreaterThan(past[index]?.to ?? Number.NaN);
      });
    }
    expect([...kinds].sort()).toEqual(['down', 'stopped']);
  });

  it('has at least one server however small it is', () => {
    expect(inventActors('demo', 1)).toHaveLength(1);
  });
});

describe('the invented Heroku apps', () => {
  const chance = createChance('demo');
  const apps = inventApps(chance);
  const [shop, invoices] = apps as [(typeof apps)[number], (typeof apps)[number]];

  it('are the same for the same seed, and others for another', () => {
    expect(JSON.stringify(inventApps(createChance('demo')))).toBe(JSON.stringify(apps));
    expect(JSON.stringify(inventApps(createChance('other')))).not.toBe(JSON.stringify(apps));
  });

  it('have facts that the API takes, at any time', () => {
    for (const app of apps) {
      for (const at of [-14 * 86_400_000, 0, 3 * minuteMs, 90 * minuteMs]) {
        const heroku = appFactsAt(app, chance, at, noon);
        const heartbeat = { sentAt: noon, interval: 15, heroku };
        expect(heartbeatSchema.safeParse(heartbeat).error?.issues ?? []).toEqual([]);
        for (const { since } of heroku.dynos ?? []) expect(since).toBeLessThanOrEqual(noon + at);
      }
    }
  });

  it('are released, crash after it, are taken back and scaled', () => {
    const web2 = (minutes: number) => dynosAt(shop, minutes * minuteMs).find(({ name }) => name === 'web.2');
    expect(web2(0.9)?.state).toBe('up');
    expect(web2(2)).toMatchObject({ state: 'crashed', release: (web2(0.9)?.release ?? 0) + 1 });
    expect(web2(9)).toMatchObject({ state: 'up', release: (web2(0.9)?.release ?? 0) + 2 });
    expect([10, 25, 36].map((minutes) => dynosAt(shop, minutes * minuteMs).length)).toEqual([5, 7, 5]);
  });

  it('leak: a worker goes over its quota until it is started anew', () => {
    const memory = (minutes: number) => {
      const worker = dynosAt(invoices, minutes * minuteMs).find(({ name }) => name === 'worker.1');
      return worker === undefined ? Number.NaN : memoryAt(invoices, worker, chance, minutes * minuteMs);
    };
    expect(memory(20)).toBeGreaterThan(100);
    expect(memory(38)).toBeLessThan(80);
  });

  it('log requests, crashes and what their dynos use, and R14 when a worker is over its quota', () => {
    const log = (app: (typeof apps)[number], fromMinute: number, minutes: number) =>
      logBetween(app, chance, fromMinute * minuteMs, (fromMinute + minutes) * minuteMs, noon).join('');
    const crash = log(shop, 1, 2);
    expect(crash).toContain(' heroku web.2 - State changed from up to crashed');
    expect(crash).toMatch(/at=error code=H10 desc="App crashed" .* dyno=web\.2 .* status=503/);
    expect(crash).toMatch(/ heroku router - at=info method=GET .* service=\d+ms status=200/);
    expect(crash).toContain('sample#memory_quota=1024.00MB');
    expect(crash).toContain(' app heroku-postgres - source=DATABASE ');
    expect(log(invoices, 20, 1)).toContain(' heroku worker.1 - Error R14 (Memory quota exceeded)');
    expect(log(invoices, 38, 1)).not.toContain('R14');
  });
});
