import { describe, expect, it } from 'vitest';
import { createLineSplitter, drainLine, isOfPlatform, markOf, type SessionLine, sessionLine } from './log-line.ts';
import { createSessionBudget } from './session-budget.ts';
import { createWaitingLines } from './waiting-lines.ts';

const parsed = (line: string) => sessionLine(line) as SessionLine;

describe('a line of a log session', () => {
  it.each([
    [
      '2010-10-06T21:51:12-07:00 heroku[router]: at=error code=H10 desc="App crashed"',
      '90 <158>1 2010-10-06T21:51:12-07:00 host heroku router - at=error code=H10 desc="App crashed"',
    ],
    [
      '2020-05-21T13:37:36.970517+00:00 heroku[worker.1]: State changed from starting to up',
      '96 <158>1 2020-05-21T13:37:36.970517+00:00 host heroku worker.1 - State changed from starting to up',
    ],
    [
      '2020-05-21T09:33:12Z app[postgres.26875]: [RED] [1-3]  sql_error_code = 23503 STATEMENT:  COMMIT é',
      '111 <134>1 2020-05-21T09:33:12Z host app postgres.26875 - [RED] [1-3]  sql_error_code = 23503 STATEMENT:  COMMIT é',
    ],
  ])('%s becomes what a drain gets', (line, framed) => {
    expect(drainLine(parsed(line))).toBe(framed);
    const [, length = '', message = ''] = /^(\d+) (.*)$/.exec(framed) ?? [];
    expect(Buffer.byteLength(message)).toBe(Number(length));
  });

  it.each(['', 'Error: no log', '2020-05-21 heroku[router]: x', '2020-05-21T09:33:12Z heroku: x', '… heroku[a]: x'])(
    '%j is none',
    (line) => {
      expect(sessionLine(line)).toBeNull();
    },
  );

  it.each([
    ['heroku[web.1]', true],
    ['heroku[router]', true],
    ['app[heroku-postgres]', true],
    ['app[heroku-redis]', true],
    ['app[postgres.26875]', true],
    ['app[web.1]', false],
    ['app[api]', false],
    ['app[postgres]', false],
  ])('of %s is the platform’s: %s', (from, expected) => {
    expect(isOfPlatform(parsed(`2020-05-21T09:33:12Z ${from}: text`))).toBe(expected);
  });

  it('is known again by its mark', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `2020-05-21T09:33:12Z heroku[web.${index % 7}]: ${index}`,
    );
    expect(new Set(lines.map(markOf)).size).toBe(lines.length);
    expect(markOf('a')).toBe(markOf('a'));
  });
});

describe('a stream', () => {
  it('is cut into lines, whatever its pieces', () => {
    const text = 'one\ntwo\r\n\n  \nthree\nrest';
    for (let size = 1; size < text.length; size += 1) {
      const splitter = createLineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size) lines.push(...splitter.push(text.slice(at, at + size)));
      expect(lines).toEqual(['one', 'two', 'three']);
      expect(splitter.push('\n')).toEqual(['rest']);
    }
  });

  it('loses a line without an end, and none of its neighbours', () => {
    const splitter = createLineSplitter();
    expect(splitter.push('before\n')).toEqual(['before']);
    for (let at = 0; at < 100; at += 1) expect(splitter.push('x'.repeat(10_000))).toEqual([]);
    expect(splitter.push('\nafter\n')).toEqual(['after']);
  });
});

describe('lines that wait', () => {
  it('go in their order, so many at once', () => {
    const waiting = createWaitingLines();
    expect(waiting.next()).toBeNull();
    for (let index = 0; index < 30; index += 1) waiting.add(`${index} `.padEnd(10_000, 'x'));
    const frames = [waiting.next(), waiting.next(), waiting.next(), waiting.next()];
    expect(frames.map((frame) => frame?.lines)).toEqual([13, 13, 4, undefined]);
    expect(frames.map((frame) => Number.parseInt(frame?.body ?? '', 10))).toEqual([0, 13, 26, Number.NaN]);
  });

  it('say when they are enough to go, and too many to read on', () => {
    const waiting = createWaitingLines();
    const states = Array.from({ length: 512 }, () => {
      waiting.add('x'.repeat(1024));
      return `${waiting.isFrame()} ${waiting.isFull()}`;
    });
    expect([states.indexOf('true false'), states.indexOf('true true')]).toEqual([127, 511]);
    waiting.clear();
    expect([waiting.next(), waiting.isFrame(), waiting.isFull()]).toEqual([null, false, false]);
  });

  it('are taken when one alone is larger than what goes at once', () => {
    const waiting = createWaitingLines();
    waiting.add('x'.repeat(200_000));
    expect(waiting.next()?.lines).toBe(1);
  });
});

describe('log sessions', () => {
  it('are asked for fifty at once and 240 an hour', () => {
    let now = 1_000_000;
    const budget = createSessionBudget(() => now);
    let taken = 0;
    const spend = () => {
      for (; budget.take() === 0; taken += 1);
    };
    spend();
    expect([taken, budget.take()]).toEqual([50, 15_000]);
    for (; now < 1_000_000 + 3_600_000; now += 10_000) spend();
    expect(taken).toBeGreaterThan(285);
    expect(taken).toBeLessThanOrEqual(290);
    // After a quiet night no more than at the start.
    now += 12 * 3_600_000;
    taken = 0;
    spend();
    expect(taken).toBe(50);
  });
});
