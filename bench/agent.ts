/** (f) What an agent costs the host it runs on, beside a Node of the same version and flags that does nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selfSignedCertificate } from '../test/harness/certificate.ts';
import { sleep, until } from '../test/harness/waiting.ts';
import { cpuMsOf, type Effort, type Row, row } from './measure.ts';
import { own } from './owned.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const executable = join(root, 'dist/healthapp-agent.cjs');
/** An hour of heartbeats every 30 s, in a minute. */
const heartbeats = 120;
const everyMs = 500;
const usualIntervalMs = 30_000;

/** The flags that its package starts it with. */
function packagedFlags(): string[] {
  const script = readFileSync(join(root, 'debian/healthapp-agent.sh'), 'utf8');
  return /^flags='(.+)'$/m.exec(script)?.[1]?.split(' ') ?? [];
}

function residentMb(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** A bare client of Node's `https` that posts as often as the agent: what TLS alone takes. */
const bareClient = `const { Agent, request } = require('node:https');
const agent = new Agent({ keepAlive: true });
setInterval(() => request(process.env.URL_TO_POST, { method: 'POST', agent }, (answer) => answer.resume()).end('x'.repeat(1000)), ${everyMs});`;

export async function measureAgent({ runs, quick, say }: Effort): Promise<Row[]> {
  const counted = quick ? 20 : heartbeats;
  const flags = packagedFlags();
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-bench-agent-'));
  const { key, cert } = selfSignedCertificate();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, cert);
  let taken = 0;
  const server = createServer({ key, cert }, (request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url?.startsWith('/api/') === true) taken += 1;
      const serverTime = Date.now();
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ accepted: true, serverTime, dueAt: serverTime + usualIntervalMs }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configFile = join(folder, 'config.yaml');
  const lines = [`api_url: ${url}`, 'api_key: a key that is long enough', 'hush_logs: true', 'agent:', '  name: web-1'];
  writeFileSync(configFile, [...lines, `  interval: ${everyMs}ms`, '  grace: 60s'].join('\n'));

  const children = new Set<ChildProcess>();
  const start = (parameters: readonly string[]) => {
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: caFile, URL_TO_POST: url };
    const child = spawn(process.execPath, [...flags, ...parameters], { env, stdio: 'ignore' });
    children.add(child);
    return child;
  };
  const part = own({
    async close() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });

  const above: number[] = [];
  const bare: number[] = [];
  const first: number[] = [];
  const cpu: number[] = [];
  try {
    for (let run = 1; run <= runs; run += 1) {
      say(`agent: run ${run} of ${runs}`);
      const idle = start(['-e', 'setInterval(() => {}, 1e9)']);
      const client = start(['-e', bareClient]);
      await sleep(1000);
      taken = 0;
      const begun = performance.now();
      const agent = start([executable, '--config', configFile]);
      await until('the first heartbeat', 30_000, () => taken > 0);
      first.push(performance.now() - begun);
      const cpuBefore = cpuMsOf(agent.pid as number);
      await until('all heartbeats', counted * everyMs * 4, () => taken > counted);
      // CPU time comes in steps of 10 ms, so it is taken over all of them.
      cpu.push((100 * (cpuMsOf(agent.pid as number) - cpuBefore)) / (taken - 1) / usualIntervalMs);
      above.push(residentMb(agent) - residentMb(idle));
      bare.push(residentMb(client) - residentMb(idle));
      for (const child of children) child.kill('SIGKILL');
      children.clear();
    }
  } finally {
    await part.close();
  }
  const size = statSync(executable).size / 1024;
  return [
    row('agent', 'memory above an idle Node', 'MB', above, { atMost: 8 }),
    row('agent', 'memory of a bare HTTPS client above it', 'MB', bare),
    row('agent', 'from its start to the first heartbeat', 'ms', first, { atMost: 500 }),
    row('agent', 'CPU at a heartbeat every 30 s', '% of a core', cpu, { atMost: 0.1 }),
    row('agent', 'its core, one file', 'KB', [size], { atMost: 120 }),
  ];
}
