/** Invented hosts with plausible facts, for pages that are looked at. */
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';

type Facts = Omit<Heartbeat, 'sentAt'>;

const gb = 1024 ** 3;

function host(role: string, disk: number, load: number, memory: number): Facts {
  const size = 100 * gb;
  return {
    interval: 30,
    agent: { version: '1.0.0', kind: 'host' },
    labels: { env: 'production', role },
    host: {
      os: 'linux',
      platform: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-28-amd64',
      arch: 'x64',
      uptime: 4_233_600,
      cpus: 4,
      load: [load, load * 0.9, load * 0.8],
      memory: { total: 16 * gb, used: (memory / 100) * 16 * gb },
      filesystems: [
        {
          path: '/',
          device: '/dev/vda1',
          type: 'ext4',
          size,
          used: (disk / 100) * size,
          free: (1 - disk / 100) * size,
          percent: disk,
        },
        { path: '/srv', device: '/dev/vdb', type: 'xfs', size: 4 * size, used: size, free: 3 * size, percent: 25 },
      ],
    },
  };
}

/** Twelve that are well, one with a full disk; the tests add one that dies. */
export const hosts: Readonly<Record<string, Facts>> = {
  'cache-1': host('cache', 31, 0.4, 71),
  'cache-2': host('cache', 29, 0.5, 69),
  'db-1': host('db', 72, 2.1, 83),
  'db-2': host('db', 97, 1.9, 80),
  'lb-1': host('lb', 12, 0.1, 18),
  'lb-2': host('lb', 12, 0.2, 19),
  'mail-1': host('mail', 44, 0.3, 35),
  'queue-1': host('queue', 38, 0.8, 41),
  'web-1': host('web', 35, 1.2, 52),
  'web-2': host('web', 36, 1.1, 55),
  'web-3': host('web', 34, 1.3, 49),
  'worker-1': host('worker', 51, 3.4, 66),
  'worker-2': host('worker', 55, 3.1, 64),
};
