import { describe, expect, it } from 'vitest';
import { recordedIo } from './recorded-io.ts';
import { createRoleLogger, readableLine } from './role-logger.ts';

const options = { role: 'api', hushed: false, verbose: false, levelOnTerminal: 'warn' } as const;

function logged(terminal: boolean, given: Partial<Parameters<typeof createRoleLogger>[1]> = {}): string[] {
  const { io, said } = recordedIo(terminal ? { columns: 80 } : {});
  const logger = createRoleLogger(io, { ...options, ...given });
  logger.debug('a detail');
  logger.info('all is well');
  logger.warn('redis is slow', { ms: 12 });
  return said()
    .err.split('\n')
    .filter((line) => line !== '');
}

describe('the log of a role', () => {
  it('is JSON lines where no person reads', () => {
    const lines = logged(false).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { level: 'info', role: 'api', msg: 'all is well' },
      { level: 'warn', role: 'api', msg: 'redis is slow', ms: 12 },
    ]);
  });

  it('is what is wrong, for a person, at a terminal', () => {
    expect(logged(true)).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d warn {2}redis is slow {2}ms=12$/)]);
    expect(logged(true, { levelOnTerminal: 'info' })).toHaveLength(2);
  });

  it('is everything when that is asked for, and what is wrong when hushed', () => {
    expect(logged(true, { verbose: true })).toHaveLength(3);
    expect(logged(false, { verbose: true, hushed: true })).toHaveLength(3);
    expect(logged(false, { hushed: true })).toHaveLength(1);
  });
});

describe('a line for a person', () => {
  const line = JSON.stringify({
    level: 'error',
    time: '2026-11-20T12:04:05.123Z',
    role: 'up',
    error: { type: 'Error', message: 'it broke', at: 'judge (healthapp.js:12:3)' },
    nothing: null,
    exit: { code: 1 },
    msg: 'stopping',
  });

  it("tells an error's message, and where it was thrown when asked", () => {
    expect(readableLine(line, false)).toMatch(/^\d\d:\d\d:05 error stopping {2}it broke {2}exit=\{"code":1\}\n$/);
    expect(readableLine(line, true)).toContain('it broke at judge (healthapp.js:12:3)');
  });

  it('is the line itself when it is no JSON', () => {
    expect(readableLine('(node:1) Warning\n', false)).toBe('(node:1) Warning\n');
  });
});
