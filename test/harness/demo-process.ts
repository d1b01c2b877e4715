/** The demonstration as `npm run demo` starts it, in a process and a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RoleProcess, roleProcess } from './system.ts';
import { until } from './waiting.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface DemoProcess {
  readonly process: RoleProcess;
  /** Where to look at it, once it says so. */
  url(): Promise<string>;
  /** What it has left in the folder for temporary files. */
  leftBehind(): string[];
  close(): Promise<void>;
}

/** @param args its flags; `--port 0` for a free one. */
export function startDemoProcess(...args: string[]): DemoProcess {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-demo-test-'));
  const child = spawn(process.execPath, ['demo/run.js', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const demo = roleProcess('demo', child);
  return {
    process: demo,
    url: () =>
      until('it says where to look', 180_000, () => /Look at it +(http:\S+)/.exec(demo.output())?.[1]).catch(
        (error: Error) => {
          throw new Error(`${error.message}\n${demo.output()}`);
        },
      ),
    leftBehind: () => readdirSync(folder),
    async close() {
      await demo.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
