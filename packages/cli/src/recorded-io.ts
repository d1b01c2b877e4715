import { Readable } from 'node:stream';
import type { Io } from './command.ts';

interface Given extends Partial<Pick<Io, 'env' | 'cwd'>> {
  /** How wide the terminal is; without it there is none to write to. */
  readonly columns?: number;
  /** What is typed at the terminal; without it there is none to read from. */
  readonly typed?: string;
  /** What standard input holds where there is no terminal. */
  readonly piped?: string;
}

/** For tests: what a command reads and writes, kept. Times stand still at 2026-11-20 12:00 UTC. */
export function recordedIo(given: Given = {}) {
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
    stdin: Object.assign(Readable.from([given.typed ?? given.piped ?? '']), { isTTY: given.typed !== undefined }),
    stdout: output('out'),
    stderr: output('err'),
    version: '1.2.3',
    now: () => Date.UTC(2026, 10, 20, 12),
  };
  return { io, said: () => ({ ...written }) };
}
