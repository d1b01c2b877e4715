/** The bench's own other processes: this same bundle, told by its argument which part it is. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Attack, AttackResult } from './hostile-generator.ts';
import type { Burst, BurstResult, LogPreparation, Order, Preparation } from './load-generator.ts';

export interface Generator {
  prepare(preparation: Omit<Preparation, 'kind'>): Promise<void>;
  prepareLogs(preparation: Omit<LogPreparation, 'kind'>): Promise<void>;
  send(burst: Omit<Burst, 'kind'>): Promise<BurstResult>;
  /** Ends a burst; its `send` then resolves. */
  stop(): void;
  close(): Promise<void>;
}

export function startGenerator(): Generator {
  const child = startChild('load-generator');
  const ask = <T>(order: Order): Promise<T> => {
    const answer = message<T>(child);
    child.send(order);
    return answer;
  };
  return {
    async prepare(preparation) {
      await ask({ kind: 'prepare', ...preparation });
    },
    async prepareLogs(preparation) {
      await ask({ kind: 'prepare-logs', ...preparation });
    },
    send: (burst) => ask({ kind: 'burst', ...burst }),
    stop: () => {
      child.send({ kind: 'stop' });
    },
    close: () => end(child),
  };
}

export interface Attacker {
  begin(attack: Omit<Attack, 'kind'>): void;
  stop(): Promise<AttackResult>;
  close(): Promise<void>;
}

export function startAttacker(): Attacker {
  const child = startChild('hostile-generator');
  return {
    begin(attack) {
      child.send({ kind: 'attack', ...attack });
    },
    stop() {
      const result = message<AttackResult>(child);
      child.send({ kind: 'stop' });
      return result;
    },
    close: () => end(child),
  };
}

export interface BareServer {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

export async function startBareServer(): Promise<BareServer> {
  const child = startChild('bare-server');
  const { port } = await message<{ port: number }>(child);
  return { port, pid: child.pid ?? 0, close: () => end(child) };
}

function startChild(part: string): ChildProcess {
  return fork(process.argv[1] ?? '', [part], { execArgv: ['--max-old-space-size=2048'] });
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a process of the bench ended before it had answered'));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as T);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
