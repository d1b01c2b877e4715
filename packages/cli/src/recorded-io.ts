import { Readable } from 'node:stream';
import type { Io } from './command.ts';

/** For tests: what a command reads and writes, kept. Times stand still at 2026-11-20 12:00 UTC. */
export function recordedIo(given: Partial<Pick<Io, 'env' | 'cwd'>> & { readonly columns?: number } = {}) {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    isTTY: given.columns !== undefined,
    ...(given.columns === undefined ? {} : { columns: given.columns }),
    write(text: string) {
      written[name] += text;
    },
  });
  const io: Io = {
    env: given.env ?? {},
    cwd: given.cwd ?? '/nonexistent',
    stdin: Readable.from([]),
    stdout: output('out'),
    stderr: output('err'),
    version: '1.2.3',
    now: () => Date.UTC(2026, 10, 20, 12),
  };
  return { io, said: () => ({ ...written }) };
}
