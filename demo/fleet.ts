/** The invented servers: who they are. What they do is in `fate.ts`, what they report in `facts.ts`. Pure. */
import type { Chance } from './chance.ts';

export interface InventedServer {
  readonly name: string;
  readonly role: Role;
  readonly system: System;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly checks: readonly { readonly name: string; readonly kind: string; readonly latencyMs: number }[];
}

export interface System {
  readonly os: string;
  readonly platform: string;
  readonly kernel: string;
  readonly arch: string;
}

const gb = 1024 ** 3;

const systems = {
  debian: { os: 'linux', platform: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-28-amd64', arch: 'x64' },
  ubuntu: { os: 'linux', platform: 'Ubuntu 24.04.3 LTS', kernel: '6.8.0-49-generic', arch: 'x64' },
  rocky: { os: 'linux', platform: 'Rocky Linux 9.5 (Blue Onyx)', kernel: '5.14.0-503.el9', arch: 'x64' },
  alpine: { os: 'linux', platform: 'Alpine Linux v3.21', kernel: '6.12.1-0-lts', arch: 'arm64' },
  mac: { os: 'darwin', platform: 'macOS 15.1', kernel: '24.1.0', arch: 'arm64' },
  bsd: { os: 'freebsd', platform: 'FreeBSD 14.1-RELEASE', kernel: '14.1-RELEASE-p6', arch: 'x64' },
  windows: { os: 'win32', platform: 'Windows Server 2022 Standard', kernel: '10.0.20348', arch: 'x64' },
} as const satisfies Record<string, System>;

export interface Role {
  readonly name: string;
  /** How many of a hundred. */
  readonly share: number;
  readonly systems: readonly (keyof typeof systems)[];
  readonly cpus: readonly number[];
  readonly memoryGb: number;
  /** How much of it is used by day, 0 to 1. */
  readonly busy: number;
  readonly data: string | null;
  readonly team: string;
  readonly checks: readonly { readonly name: string; readonly kind: string; readonly latencyMs: number }[];
}

const roles: readonly Role[] = [
  {
    name: 'web',
    share: 28,
    systems: ['debian', 'ubuntu'],
    cpus: [4, 8],
    memoryGb: 16,
    busy: 0.4,
    data: null,
    team: 'shop',
    checks: [{ name: 'shop', kind: 'http', latencyMs: 38 }],
  },
  {
    name: 'api',
    share: 14,
    systems: ['ubuntu', 'alpine'],
    cpus: [4, 8],
    memoryGb: 8,
    busy: 0.5,
    data: null,
    team: 'platform',
    checks: [{ name: 'healthz', kind: 'http', latencyMs: 9 }],
  },
  {
    name: 'worker',
    share: 14,
    systems: ['debian', 'ubuntu'],
    cpus: [8, 16],
    memoryGb: 32,
    busy: 0.7,
    data: null,
    team: 'platform',
    checks: [{ name: 'jobs', kind: 'redis', latencyMs: 1.4 }],
  },
  {
    name: 'db',
    share: 12,
    systems: ['debian', 'rocky'],
    cpus: [16, 32],
    memoryGb: 128,
    busy: 0.35,
    data: '/var/lib/postgresql',
    team: 'data',
    checks: [
      { name: 'orders', kind: 'postgres', latencyMs: 4 },
      { name: 'replication', kind: 'postgres', latencyMs: 7 },
    ],
  },
  {
    name: 'cache',
    share: 8,
    systems: ['alpine', 'debian'],
    cpus: [2, 4],
    memoryGb: 64,
    busy: 0.15,
    data: null,
    team: 'platform',
    checks: [{ name: 'ping', kind: 'redis', latencyMs: 0.6 }],
  },
  {
    name: 'queue',
    share: 6,
    systems: ['debian'],
    cpus: [4],
    memoryGb: 16,
    busy: 0.3,
    data: '/srv/queue',
    team: 'platform',
    checks: [],
  },
  {
    name: 'search',
    share: 5,
    systems: ['rocky'],
    cpus: [16],
    memoryGb: 64,
    busy: 0.45,
    data: '/srv/index',
    team: 'shop',
    checks: [{ name: 'query', kind: 'http', latencyMs: 22 }],
  },
  {
    name: 'lb',
    share: 4,
    systems: ['debian', 'bsd'],
    cpus: [2],
    memoryGb: 4,
    busy: 0.1,
    data: null,
    team: 'network',
    checks: [{ name: 'edge', kind: 'http', latencyMs: 3 }],
  },
  {
    name: 'mail',
    share: 3,
    systems: ['debian'],
    cpus: [4],
    memoryGb: 8,
    busy: 0.2,
    data: '/var/mail',
    team: 'network',
    checks: [],
  },
  {
    name: 'build',
    share: 4,
    systems: ['mac', 'ubuntu'],
    cpus: [10],
    memoryGb: 32,
    busy: 0.6,
    data: null,
    team: 'platform',
    checks: [],
  },
  {
    name: 'office',
    share: 2,
    systems: ['windows'],
    cpus: [4],
    memoryGb: 16,
    busy: 0.2,
    data: null,
    team: 'office',
    checks: [],
  },
];

const sites = ['fra-1', 'ams-2', 'nyc-1'] as const;

/** `count` servers, the same for the same chance; a larger fleet begins with the smaller one. */
export function inventFleet(chance: Chance, count: number): InventedServer[] {
  const numbers = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const role = roleAt(chance('role', index));
    const number = (numbers.get(role.name) ?? 0) + 1;
    numbers.set(role.name, number);
    const pick = <T>(what: string, from: readonly T[]): T => from[Math.floor(chance(what, index) * from.length)] as T;
    const site = pick('site', sites);
    const env = chance('env', index) < 0.78 ? 'production' : pick('other env', ['staging', 'development']);
    const name =
      index % 61 === 60
        ? `${role.name}-${number}-replica-of-the-reporting-warehouse.${site}.example.internal`
        : `${role.name}-${number}`;
    return {
      name,
      role,
      system: systems[pick('system', role.systems)],
      labels: { env, role: role.name, site, team: role.team },
      cpus: pick('cpus', role.cpus),
      memory: role.memoryGb * gb,
      checks: role.checks,
    };
  });
}

function roleAt(part: number): Role {
  const total = roles.reduce((sum, { share }) => sum + share, 0);
  let left = part * total;
  for (const role of roles) {
    left -= role.share;
    if (left < 0) return role;
  }
  return roles[0] as Role;
}
