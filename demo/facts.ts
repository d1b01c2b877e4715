/** What an invented server reports at a moment. Pure: the same past and present for the same seed. */
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { type Chance, wandering } from './chance.ts';
import { bootedAt, type Fate } from './fate.ts';
import type { InventedServer } from './fleet.ts';

type Host = NonNullable<Heartbeat['host']>;
export type Facts = Pick<Heartbeat, 'agent' | 'labels' | 'bootId'> & {
  readonly host: Host;
  readonly checks: NonNullable<Heartbeat['checks']>;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const gb = 1024 ** 3;

/**
 * @param at ms since the demonstration began.
 * @param clock ms since 1970, by which days and nights go.
 */
export function factsAt(server: InventedServer, fate: Fate, chance: Chance, at: number, clock: number): Facts {
  const { name, role, system } = server;
  const wander = (what: string, periodMs: number) => wandering(chance, `${name} ${what}`, clock, periodMs);
  const day = 0.5 - 0.5 * Math.cos((2 * Math.PI * (clock % dayMs)) / dayMs);
  const busy =
    role.busy * (0.35 + 0.75 * day) * (0.7 + 0.6 * wander('busy', 25 * minuteMs)) +
    0.25 * peak(wander('peak', 3 * hourMs));
  const load = Math.max(0.01, busy * server.cpus * (0.85 + 0.3 * wander('load', 4 * minuteMs)));
  const used = Math.min(
    0.97,
    0.25 + 0.4 * chance(name, 'memory') + 0.12 * day * role.busy + 0.1 * wander('memory', 5 * hourMs),
  );
  const booted = bootedAt(fate, at);
  return {
    bootId: `demo-${Math.round(booted)}-${name}`.slice(0, 128),
    agent: { version: '1.0.0', kind: 'host' },
    labels: server.labels,
    host: {
      ...system,
      uptime: Math.round((at - booted) / 1000),
      cpus: server.cpus,
      // Windows knows no load.
      ...(system.os === 'win32'
        ? {}
        : { load: [load, load * 0.96, load * 0.9].map((one) => Math.round(100 * one) / 100) }),
      memory: { total: server.memory, used: Math.round(used * server.memory) },
      filesystems: filesystemsAt(server, fate, chance, at),
    },
    checks: server.checks.map((check) => {
      const slow = 1 + 9 * peak(wander(`slow ${check.name}`, 2 * hourMs));
      const latency = check.latencyMs * (0.7 + 0.5 * wander(check.name, 3 * minuteMs) + 0.5 * day) * slow;
      const rounded = Math.round(10 * latency) / 10;
      return {
        name: check.name,
        kind: check.kind,
        status: 'ok',
        latency: rounded,
        message: `answered in ${rounded} ms`,
      };
    }),
  };
}

/** Mostly nothing, and rarely up to 1. */
function peak(part: number): number {
  return Math.max(0, part - 0.85) / 0.15;
}

function filesystemsAt(server: InventedServer, { cleanedAt }: Fate, chance: Chance, at: number): Host['filesystems'] {
  const { name, role, system } = server;
  const windows = system.os === 'win32';
  const root = filesystem(
    windows ? 'C:' : '/',
    windows ? 'NTFS' : 'ext4',
    80 * gb,
    filling(chance, `${name} root`, at, 0.12, 0.55),
  );
  if (cleanedAt !== null) {
    // Over the threshold since a while before its day comes, and at a third after that.
    const percent = at < cleanedAt ? Math.min(98, 96.5 + (at + 10 * minuteMs) / (20 * minuteMs)) : 34;
    const days = Math.min(0, at + 2 * hourMs) / dayMs;
    return [root, filesystem(role.data ?? '/srv', 'xfs', 400 * gb, Math.max(31, percent + 2.1 * days))];
  }
  return role.data === null
    ? [root]
    : [root, filesystem(role.data, 'xfs', 900 * gb, filling(chance, `${name} data`, at, 0.3, 0.5))];
}

/** Fills a little each day and is cleaned once in some days. */
function filling(chance: Chance, name: string, at: number, least: number, spread: number): number {
  const periodMs = (4 + 9 * chance(name, 'period')) * dayMs;
  const since = (((at + periodMs * chance(name, 'phase')) % periodMs) + periodMs) % periodMs;
  return 100 * (least + spread * chance(name, 'level') + 0.14 * (since / periodMs));
}

function filesystem(path: string, type: string, size: number, percent: number) {
  const whole = Math.round(percent);
  const used = Math.round((size * percent) / 100);
  return { path, device: path === '/' ? '/dev/vda1' : '/dev/vdb', type, size, used, free: size - used, percent: whole };
}
