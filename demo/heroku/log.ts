/** What Heroku would log of an invented app within some seconds. Pure. */
import { loadLine, logplexLine, memoryLine, routerLine } from '../../test/harness/heroku/log-lines.ts';
import type { Chance } from '../chance.ts';
import type { InventedApp } from './apps.ts';
import { dynosAt, type InventedDyno, memoryAt } from './facts.ts';
import { databaseAt, loadAt, quotas, serviceSpread, trafficAt } from './traffic.ts';

const secondMs = 1000;
/** Dynos say how they are this often, databases each minute. */
const samplesEveryMs = 20 * secondMs;
const databaseEveryMs = 60 * secondMs;
const timeoutMs = 30_000;
const paths = ['/', '/cart', '/products/41', '/products/1093', '/search', '/account', '/checkout'] as const;

/** @param from, to whole seconds, ms since the demonstration began. @param begins when that was, ms since 1970. */
export function logBetween(app: InventedApp, chance: Chance, from: number, to: number, begins: number): string[] {
  const lines: string[] = [];
  for (let at = from; at < to; at += secondMs) {
    const dynos = dynosAt(app, at);
    lines.push(...stateLines(dynosAt(app, at - secondMs), dynos, begins + at));
    lines.push(...requestLines(app, chance, dynos, at, begins));
    if (at % samplesEveryMs === 0) lines.push(...sampleLines(app, chance, dynos, at, begins));
    if (at % databaseEveryMs === 0) lines.push(...databaseLines(app, chance, at, begins));
  }
  return lines;
}

function stateLines(before: readonly InventedDyno[], dynos: readonly InventedDyno[], clock: number): string[] {
  return dynos.flatMap((dyno) => {
    const was = before.find(({ name }) => name === dyno.name)?.state ?? 'down';
    if (was === dyno.state) return [];
    const exit =
      dyno.state === 'crashed' ? [logplexLine(clock, 'heroku', dyno.name, 'Process exited with status 1')] : [];
    return [...exit, logplexLine(clock, 'heroku', dyno.name, `State changed from ${was} to ${dyno.state}`)];
  });
}

function requestLines(
  app: InventedApp,
  chance: Chance,
  dynos: readonly InventedDyno[],
  at: number,
  begins: number,
): string[] {
  const web = dynos.filter(({ process }) => process.type === 'web');
  const traffic = trafficAt(app, chance, at, begins);
  const count = Math.floor(traffic.requests + chance(app.name, 'requests', at));
  return Array.from({ length: count }, (_, nth) => {
    const luck = (what: string) => chance(app.name, what, at, nth);
    const clock = begins + at + Math.floor((nth * secondMs) / count);
    const dyno = web[Math.floor(luck('dyno') * web.length)];
    const path = paths[Math.floor(luck('path') * paths.length)] ?? '/';
    const request = { at: clock, dyno: dyno?.name ?? '', path };
    if (dyno === undefined || dyno.state === 'crashed') {
      // The router tries another dyno mostly.
      if (luck('retried') < 0.2) {
        return routerLine({ ...request, code: 'H10', description: 'App crashed', status: 503, service: null });
      }
    }
    const outcome = luck('outcome');
    if (outcome < traffic.timedOut) return routerLine({ ...request, code: 'H12', status: 503, service: timeoutMs });
    if (outcome < traffic.timedOut + traffic.failed) return routerLine({ ...request, status: 500, service: 140 });
    const service = Math.round(traffic.medianMs * serviceSpread(luck('service')));
    const status = outcome > 1 - traffic.notFound ? 404 : 200;
    return routerLine({ ...request, status, service });
  });
}

function sampleLines(
  app: InventedApp,
  chance: Chance,
  dynos: readonly InventedDyno[],
  at: number,
  begins: number,
): string[] {
  return dynos
    .filter(({ state }) => state === 'up')
    .flatMap((dyno) => {
      const clock = begins + at;
      const quota = quotas[dyno.process.size];
      const percent = memoryAt(app, dyno, chance, at);
      const used = (quota * percent) / 100;
      const over =
        percent <= 100
          ? []
          : [
              logplexLine(
                clock,
                'heroku',
                dyno.name,
                `Process running mem=${Math.round(used)}M(${percent.toFixed(1)}%)`,
              ),
              logplexLine(clock, 'heroku', dyno.name, 'Error R14 (Memory quota exceeded)'),
            ];
      return [
        loadLine(clock, dyno.name, loadAt(app, dyno, chance, at)),
        memoryLine(clock, dyno.name, used, quota, Math.max(0, used - quota)),
        ...over,
      ];
    });
}

function databaseLines(app: InventedApp, chance: Chance, at: number, begins: number): string[] {
  const sample = databaseAt(app, chance, at);
  if (sample === null) return [];
  const { connections, waiting, tableHits, indexHits, load, sizeMb } = sample;
  return [
    logplexLine(
      begins + at,
      'app',
      'heroku-postgres',
      `source=DATABASE addon=${app.addons[0]?.name} sample#db_size=${Math.round(sizeMb * 1024 ** 2)}bytes sample#active-connections=${connections} sample#waiting-connections=${waiting} sample#index-cache-hit-rate=${indexHits.toFixed(5)} sample#table-cache-hit-rate=${tableHits.toFixed(5)} sample#load-avg-1m=${load.toFixed(3)}`,
    ),
  ];
}
