import { createLogger } from '@healthapp/shared/runtime/logger';
import { describe, expect, it } from 'vitest';
import { createLineLogger } from './log.ts';

const now = () => new Date('2026-11-20T12:00:00.123Z');

function parsed(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line));
}

describe("the agent's log", () => {
  it('writes one line an event, in the form of the other roles', () => {
    const lines: string[] = [];
    createLineLogger({ role: 'agent' }, { write: (line) => lines.push(line), now }).warn('not\nyet', { cause: 'x' });
    expect(lines).toEqual([
      '{"level":"warn","time":"2026-11-20T12:00:00.123Z","role":"agent","cause":"x","msg":"not\\nyet"}\n',
    ]);
    const others: string[] = [];
    createLogger({ role: 'agent' }, { destination: { write: (line) => others.push(line) } }).warn('not\nyet', {
      cause: 'x',
    });
    expect(Object.keys(parsed(lines)[0] ?? {})).toEqual(Object.keys(parsed(others)[0] ?? {}));
  });

  it('writes of an error where it was thrown, and no stack', () => {
    const lines: string[] = [];
    const log = createLineLogger({}, { write: (line) => lines.push(line), now }).child({ part: 'host' });
    log.error('failed', { error: new TypeError('no') });
    const at = expect.stringMatching(/^[^\n/]*log\.test\.ts:\d+:\d+\)?$/);
    expect(parsed(lines)).toMatchObject([
      { level: 'error', part: 'host', error: { type: 'TypeError', message: 'no', at } },
    ]);
  });
});
