/** (e) 1,000 connections, valid heartbeats among hostile ones: are all valid ones accepted, how fast, and does memory stay flat? */
import { readFileSync } from 'node:fs';
import { startSystem } from '../test/harness/system.ts';
import { startAttacker, startGenerator } from './children.ts';
import { cpuMsOf, type Effort, median, type Row, row } from './measure.ts';
import { own } from './owned.ts';

const validConnections = 600;
const hostileConnections = 400;
const servers = 5000;
const validPerSecond = 500;
const hostilePerSecond = 500;

/** Memory that a process holds, MB. */
function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Once, whatever the number of runs: a minute is long enough to see memory grow. */
export async function measureLoad({ quick, say }: Effort): Promise<Row[]> {
  const seconds = quick ? 15 : 60;
  const system = own(await startSystem({ redis: { appendOnly: false } }));
  const generator = startGenerator();
  const attacker = startAttacker();
  try {
    const api = await system.api();
    const port = Number(new URL(system.apiUrl).port);
    const { apiKey } = system;
    say('load: signing');
    const rounds = Math.ceil((seconds * validPerSecond) / servers) + 1;
    await generator.prepare({ apiKey, from: 0, servers, rounds: 1, sentAt: Date.now() - 1000 });
    await generator.send({ port, connections: 16 });
    await generator.prepare({ apiKey, from: 0, servers, rounds, sentAt: Date.now() });
    say(`load: ${validConnections} connections that are in order and ${hostileConnections} that are not, ${seconds} s`);
    attacker.begin({ port, connections: hostileConnections, perSecond: hostilePerSecond, apiKey });
    const memory: number[] = [];
    const sampling = setInterval(() => memory.push(residentMb(api.pid)), 250);
    const cpuBefore = cpuMsOf(api.pid);
    const valid = await generator.send({
      port,
      connections: validConnections,
      perSecond: validPerSecond,
      durationMs: seconds * 1000,
    });
    const cpuMs = cpuMsOf(api.pid) - cpuBefore;
    clearInterval(sampling);
    const hostile = await attacker.stop();
    const third = Math.floor(memory.length / 3);
    const second = median(memory.slice(third, 2 * third));
    const last = median(memory.slice(2 * third));
    const refusedOrBroken = Object.entries(hostile.answers).map(([status, count]) => `${count} × ${status}`);
    say(`load: ${hostile.sent} hostile requests: ${refusedOrBroken.join(', ')}; ${hostile.closed} connections closed`);
    const faults = Object.entries(hostile.answers).filter(([status]) => status.startsWith('5'));
    return [
      row('load', 'valid heartbeats accepted', '', [valid.accepted], { atLeast: seconds * validPerSecond * 0.9 }),
      row('load', 'valid heartbeats refused', '', [valid.refused], { atMost: 0 }),
      row('load', 'p50 of valid heartbeats', 'ms', [valid.latencies.p50]),
      row('load', 'p99 of valid heartbeats', 'ms', [valid.latencies.p99], { atMost: 250 }),
      row('load', 'slowest valid heartbeat', 'ms', [valid.latencies.max]),
      row('load', 'busy while loaded: the API', '%', [(100 * cpuMs) / valid.elapsedMs]),
      row('load', 'hostile requests', '', [hostile.sent]),
      row('load', 'of them answered 5xx', '', [faults.reduce((sum, [, count]) => sum + count, 0)], { atMost: 0 }),
      row('load', 'memory of the API in the second third', 'MB', [second]),
      row('load', 'memory of the API in the last third', 'MB', [last]),
      row('load', 'memory, last third ÷ second', '', [last / second], { atMost: 1.1 }),
    ];
  } finally {
    await generator.close();
    await attacker.close();
    await system.close();
  }
}
