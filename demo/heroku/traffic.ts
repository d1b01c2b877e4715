/** How busy an invented app is, and what goes wrong with its requests. Pure. */
import { type Chance, wandering } from '../chance.ts';
import type { InventedApp } from './apps.ts';
import { dynosAt, type InventedDyno } from './facts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Megabytes. */
export const quotas = { 'standard-1x': 512, 'standard-2x': 1024 } as const;

export interface Traffic {
  /** A second. */
  readonly requests: number;
  /** Shares of them. */
  readonly notFound: number;
  readonly failed: number;
  readonly timedOut: number;
  /** What half of them take, ms. */
  readonly medianMs: number;
}

/** @param at ms since the demonstration began. @param begins when that was, ms since 1970: nights are quiet. */
export function trafficAt(app: InventedApp, chance: Chance, at: number, begins: number): Traffic {
  const day = 0.5 - 0.5 * Math.cos((2 * Math.PI * ((begins + at) % dayMs)) / dayMs);
  const wander = (what: string, periodMs: number) => wandering(chance, `${app.name} ${what}`, at, periodMs);
  const busy = (0.3 + 0.7 * day) * (0.8 + 0.4 * wander('busy', 30 * minuteMs));
  // A database that is slow for some minutes.
  const slow = Math.max(0, wander('slow', 50 * minuteMs) - 0.85) / 0.15;
  return {
    requests: (app.requests / 60) * busy,
    notFound: 0.01 + 0.02 * wander('not found', 20 * minuteMs),
    failed: 0.0005 + 0.02 * slow,
    timedOut: 0.015 * slow,
    medianMs: (18 + 14 * day) * (1 + 3 * slow),
  };
}

/** How a request's time lies to the middle one's: with a long tail, as service times have. @param part 0 to 1. */
export function serviceSpread(part: number): number {
  return (part / (1.005 - part)) ** 0.6;
}

/** The average of a minute. */
export function loadAt(app: InventedApp, { process, name }: InventedDyno, chance: Chance, at: number): number {
  const ground = process.type === 'web' ? 0.5 : process.type === 'worker' ? 1.1 : 0.05;
  return ground * (0.5 + wandering(chance, `${app.name} ${name} load`, at, 8 * minuteMs));
}

export interface DatabaseSample {
  readonly connections: number;
  readonly waiting: number;
  /** Shares. */
  readonly tableHits: number;
  readonly indexHits: number;
  readonly load: number;
  readonly sizeMb: number;
}

/** Null: it has none. */
export function databaseAt(app: InventedApp, chance: Chance, at: number): DatabaseSample | null {
  if (!app.addons.some(({ service }) => service === 'heroku-postgresql')) return null;
  const wander = (what: string) => wandering(chance, `${app.name} database ${what}`, at, 12 * minuteMs);
  return {
    connections: Math.round(6 * dynosAt(app, at).length * (0.7 + 0.6 * wander('connections'))),
    waiting: Math.round(Math.max(0, 12 * (wander('waiting') - 0.8))),
    tableHits: 0.985 + 0.014 * wander('tables'),
    indexHits: 0.99 + 0.009 * wander('indexes'),
    load: 0.1 + 0.4 * wander('load'),
    sizeMb: (app.requests > 100 ? 26_000 : 3100) * (1 + at / (400 * dayMs)),
  };
}
