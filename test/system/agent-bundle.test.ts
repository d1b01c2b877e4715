/** The agent as it is shipped: its built files, under the flags of its package. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { describe, expect, it } from 'vitest';
import { freePort } from '../harness/redis-server.ts';
import { until } from '../harness/waiting.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The package's executable, which starts Node under flags. */
const script = readFileSync(join(root, 'debian/healthapp-agent.sh'), 'utf8');
const flags = /^flags='(.+)'$/m.exec(script)?.[1]?.split(' ') ?? [];

describe('the agent as it is shipped', () => {
  it('runs each kind of check without fetch, WebAssembly or a compiler, and says goodbye', async () => {
    const heartbeats: Heartbeat[] = [];
    const api = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'POST') heartbeats.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        const serverTime = Date.now();
        response.writeHead(202, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ accepted: true, serverTime, dueAt: serverTime + 60_000 }));
      });
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const { port } = api.address() as AddressInfo;
    const nowhere = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'healthapp-agent-bundle-'));
    const file = join(folder, 'config.yaml');
    writeFileSync(
      file,
      `api_url: http://127.0.0.1:${port}
api_key: a key that is long enough
agent:
  name: web-1
  interval: 200ms
  grace: 10s
  checks:
    - { name: api, failures: 1, http: { url: "http://127.0.0.1:${port}/", expect_status: 202 } }
    - { name: jobs, failures: 1, redis: { url: "redis://127.0.0.1:${nowhere}" } }
    - { name: db, failures: 1, postgres: { url: "postgres://watcher:hunter2@127.0.0.1:${nowhere}/shop" } }
`,
    );
    const agent = spawn(process.execPath, [...flags, join(root, 'dist/healthapp-agent.cjs'), '--config', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    agent.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    const ended = new Promise<number | null>((resolve) => agent.once('exit', resolve));
    try {
      await until('all have looked', 60_000, () => heartbeats.at(-1)?.checks?.length === 3);
      const reports = heartbeats.at(-1)?.checks?.map(({ name, status, message }) => [name, status, message]);
      expect(reports).toEqual([
        ['api', 'ok', expect.stringMatching(/^202 in \d+ ms$/)],
        ['jobs', 'failed', 'refused: nothing listens there'],
        ['db', 'failed', 'refused: nothing listens there'],
      ]);
      agent.kill('SIGTERM');
      expect(await ended, said).toBe(0);
      expect(heartbeats.at(-1)?.status).toBe('stopping');
      expect(said).not.toContain('hunter2');
    } finally {
      agent.kill('SIGKILL');
      api.closeAllConnections();
      api.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['knows its flags', '--no-such-flag', flags],
    ['does not know one of them', '--no-node-snapshot', []],
  ])('starts under a Node that %s', (_what, unknown, started) => {
    const folder = mkdtempSync(join(tmpdir(), 'healthapp-agent-script-'));
    try {
      const node = join(folder, 'node');
      // As Node does: it ends with status 9 and has done nothing.
      writeFileSync(node, `#!/bin/sh\ncase " $* " in *" ${unknown} "*) exit 9 ;; esac\nprintf '%s\\n' "$@"\n`);
      chmodSync(node, 0o755);
      const { stdout } = spawnSync('sh', ['-c', script.replaceAll('/usr/bin/node', node), 'healthapp-agent', '--once']);
      const agent = '/usr/lib/healthapp-agent/healthapp-agent.cjs';
      expect(stdout.toString('utf8').trim().split('\n')).toEqual([...started, agent, '--once']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
