/** Heartbeats as the bench sends them: valid ones of 1 KB. */

import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';

const bodyBytes = 1024;

/** `db-00042`: all names have one length, so all bodies have. */
export function serverName(number: number): string {
  return `db-${String(number).padStart(6, '0')}`;
}

/** What an agent on a host with three filesystems reports, filled up with labels. @param graceS unset: the default. */
export function heartbeatOf(server: string, sentAt: number, graceS?: number): Heartbeat {
  const filesystem = (path: string, percent: number) => {
    const size = 499_963_174_912;
    const used = Math.round((size * percent) / 100);
    return { path, device: '/dev/nvme0n1p2', type: 'ext4', size, used, free: size - used, percent };
  };
  return {
    sentAt,
    interval: Math.min(30, graceS ?? 30),
    ...(graceS === undefined ? {} : { grace: graceS }),
    bootId: `4b5f5f0e-7c1d-4a3e-9d2f-${server.padStart(12, '0')}`,
    agent: { version: '1.0.0', kind: 'healthapp-agent' },
    labels: { site: 'fra-1', role: 'database' },
    host: {
      os: 'linux',
      platform: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-28-amd64',
      arch: 'x64',
      uptime: 1_234_567,
      cpus: 8,
      load: [0.52, 0.48, 0.41],
      memory: { total: 33_567_000_000, used: 12_345_000_000 },
      filesystems: [filesystem('/', 42), filesystem('/var', 63), filesystem('/srv', 71)],
    },
  };
}

/** Its JSON, filled up with a label to 1,024 bytes. */
export function bodyOf(heartbeat: Heartbeat): string {
  const bare = JSON.stringify({ ...heartbeat, labels: { ...heartbeat.labels, note: '' } });
  const note = 'x'.repeat(Math.max(0, bodyBytes - Buffer.byteLength(bare)));
  return JSON.stringify({ ...heartbeat, labels: { ...heartbeat.labels, note } });
}

/** Makes whole HTTP requests, head and body, for one API key; a server's own key is derived once. */
export function createRequestMaker(apiKey: string, host: string): (server: string, body: string) => Buffer {
  const keys = new Map<string, Buffer>();
  return (server, text) => {
    let key = keys.get(server);
    if (key === undefined) {
      key = deriveServerKey(apiKey, server, 0);
      keys.set(server, key);
    }
    const path = `/api/v1/heartbeats/${server}`;
    const body = Buffer.from(text);
    const signed = signRequest({ method: 'POST', path, body }, key, keyIdOf(server, null, 0), Date.now() / 1000);
    const head = [
      `POST ${path} HTTP/1.1`,
      `host: ${host}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
      ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`),
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  };
}
