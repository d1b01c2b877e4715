import { describe, expect, it } from 'vitest';
import {
  loadLine,
  logplexBody,
  logplexLine,
  memoryLine,
  postgresLine,
  routerLine,
} from '../../../../test/harness/heroku/log-lines.ts';
import { tallyLog } from './tally.ts';

const at = Date.UTC(2026, 3, 1, 12, 0, 3);
const minute = Date.UTC(2026, 3, 1, 12, 0);
const slot = Date.UTC(2026, 3, 1, 12, 0);

function tally(...lines: string[]) {
  return tallyLog(logplexBody(lines));
}

/** A minute's numbers by name. */
function numbersOf({ minutes }: ReturnType<typeof tally>): Record<string, number> {
  return Object.fromEntries(minutes.map(({ field, number }) => [field, number]));
}

describe('lines of the router', () => {
  it('are requests, by status, with the class of their service time', () => {
    const read = tally(
      routerLine({ at }),
      routerLine({ at, status: 404, service: 7 }),
      routerLine({ at, status: 503, service: 7 }),
    );
    expect(read).toMatchObject({ lines: 3, malformed: 0 });
    expect(numbersOf(read)).toEqual({ requests: 3, '4xx': 1, '5xx': 1 });
    expect(read.times).toEqual([
      {
        at: minute,
        classes: [
          [7, 2],
          [36, 1],
        ],
      },
    ]);
    expect(read.counts).toEqual([{ at: slot, dyno: 'web.1', name: '5xx', number: 1 }]);
    expect(read.minutes.every((one) => one.at === minute)).toBe(true);
  });

  it('name their error, their dyno, and what was asked for, without its query', () => {
    const read = tally(routerLine({ at, dyno: 'web.2', status: 503, service: 30001, code: 'H12' }));
    expect(read.counts).toEqual([
      { at: slot, dyno: 'web.2', name: '5xx', number: 1 },
      { at: slot, dyno: 'web.2', name: 'H12', number: 1 },
    ]);
    expect(numbersOf(read)['error H12']).toBe(1);
    expect(read.notable).toEqual([
      { at, dyno: 'web.2', text: 'H12 Request timeout: GET /cart, status 503, connect 1 ms, service 30001 ms' },
    ]);
  });

  it('are of the web dynos where none had a part', () => {
    const read = tally(
      routerLine({ at, dyno: '', status: 503, service: null, code: 'H10', description: 'App crashed' }),
    );
    expect(read.counts.map(({ dyno, name }) => `${dyno} ${name}`)).toEqual(['web 5xx', 'web H10']);
    expect(read.notable[0]?.text).toBe('H10 App crashed: GET /cart, status 503');
    expect(read.times).toEqual([]);
  });

  it('count with a code that is on no list, and one that only their path pretends is none', () => {
    const read = tally(
      routerLine({ at, code: 'H47', status: 503 }),
      routerLine({ at, path: '/?a= code=H12 status=503' }),
    );
    expect(read.counts.map(({ name }) => name)).toEqual(['5xx', 'H47']);
    expect(numbersOf(read)).toMatchObject({ requests: 2, '5xx': 1 });
  });

  it('are told of without anything that moves a cursor, as UTF-8', () => {
    const [noted] = tally(routerLine({ at, status: 500, path: '/größe/\u001b[2J' })).notable;
    expect(noted?.text).toBe('status 500: GET /größe/ [2J, status 500, connect 1 ms, service 40 ms');
  });
});

describe('lines of the platform about a dyno', () => {
  it.each([
    ['Error R14 (Memory quota exceeded)', 'R14', 'R14 Memory quota exceeded'],
    ['Error R15 (Memory quota vastly exceeded)', 'R15', 'R15 Memory quota vastly exceeded'],
    ['Error R10 (Boot timeout) -> Web process failed to bind to $PORT', 'R10', 'R10 Boot timeout'],
    ['Error L10 (output buffer overflow): 491 messages dropped since 2026-03-31', 'L10', 'L10 Drain buffer overflow'],
  ])('%s', (text, code, words) => {
    const read = tally(logplexLine(at, 'heroku', 'worker.1', text));
    expect(read.counts).toEqual([{ at: slot, dyno: 'worker.1', name: code, number: 1 }]);
    expect(numbersOf(read)).toEqual({ [`error ${code}`]: 1 });
    expect(read.notable).toEqual([{ at, dyno: 'worker.1', text: words }]);
  });

  it('are no errors where the app itself says so', () => {
    const read = tally(logplexLine(at, 'app', 'worker.1', 'Error R14 (Memory quota exceeded)'));
    expect(read).toMatchObject({ lines: 1, counts: [], minutes: [], times: [], notable: [] });
  });

  it('say how a dyno changed, what it exited with, and that it was killed', () => {
    const read = tally(
      ...[
        'Starting process with command `node worker.js`',
        'State changed from starting to up',
        'State changed from up to crashed',
        'Process exited with status 137',
        'Process exited with status 0',
        'Stopping process with SIGKILL',
        'Idling',
      ].map((text) => logplexLine(at, 'heroku', 'worker.1', text)),
    );
    expect(read.notable.map(({ text }) => text)).toEqual([
      'State changed from starting to up',
      'State changed from up to crashed',
      'Process exited with status 137',
      'Stopping process with SIGKILL',
    ]);
    expect(numbersOf(read)).toEqual({ crashes: 1 });
  });

  it('say what it uses, the highest of a slot and of a minute', () => {
    const read = tally(
      memoryLine(at, 'web.1', 906.01, 1024, 70.03),
      memoryLine(at + 20_000, 'web.1', 512, 1024),
      loadLine(at, 'web.1', 0.3),
      logplexLine(at, 'heroku', 'worker.1', 'Process running mem=1028MB(103.3%)'),
    );
    expect(numbersOf(read)).toEqual({
      'dyno web.1 memory': 906,
      'dyno web.1 swap': 70,
      'dyno web.1 quota': 1024,
      'dyno web.1 load': 30,
      'dyno worker.1 memory': 1028,
    });
    expect(read.counts).toEqual([
      { at: slot, dyno: 'web.1', name: 'memory', number: 8848 },
      { at: slot + 20_000, dyno: 'web.1', name: 'memory', number: 5000 },
      { at: slot, dyno: 'web.1', name: 'load', number: 30 },
      { at: slot, dyno: 'worker.1', name: 'memory', number: 10330 },
    ]);
  });
});

describe('lines of Postgres', () => {
  it('say how the database fares', () => {
    expect(numbersOf(tally(postgresLine(at)))).toEqual({
      'database HEROKU_POSTGRESQL_RED db-size': 3072,
      'database HEROKU_POSTGRESQL_RED active-connections': 84,
      'database HEROKU_POSTGRESQL_RED waiting-connections': 3,
      'database HEROKU_POSTGRESQL_RED index-cache-hit-rate': 9870,
      'database HEROKU_POSTGRESQL_RED table-cache-hit-rate': 9677,
      'database HEROKU_POSTGRESQL_RED load-avg-1m': 6,
      'database HEROKU_POSTGRESQL_RED read-iops': 1771,
      'database HEROKU_POSTGRESQL_RED write-iops': 673,
      'database HEROKU_POSTGRESQL_RED tmp-disk-used': 32,
      'database HEROKU_POSTGRESQL_RED memory-free': 100,
      'database HEROKU_POSTGRESQL_RED memory-postgres': 200,
    });
  });

  it('name an error once, by the line that says it, without its data', () => {
    const read = tally(
      ...[
        '[RED] [1846262-3]  sql_error_code = 23503 STATEMENT:  COMMIT',
        '[RED] [1846263-1]  sql_error_code = 23503 ERROR:  insert or update on table "parts" violates foreign key constraint',
        '[RED] [1846263-2]  sql_error_code = 23503 DETAIL:  Key (id)=(5188) is not present in table "parts".',
        '[RED] [1846264-1]  sql_error_code = 00000 LOG:  checkpoint complete',
      ].map((text) => logplexLine(at, 'app', 'postgres.26875', text)),
    );
    expect(numbersOf(read)).toEqual({ 'postgres-errors': 1 });
    expect(read.notable.map(({ text }) => text)).toEqual(['ERROR with sql_error_code 23503 in RED']);
  });
});

describe('a delivery', () => {
  it('keeps the neighbours of what is malformed', () => {
    const good = routerLine({ at });
    const framed = (line: string, length = Buffer.byteLength(line)) => `${length} ${line}`;
    const broken = {
      'a length that is too long': framed(good, 900),
      'a length that is too short': framed(good, 20),
      'no length': good,
      'no time': framed('<158>1 yesterday host heroku router - at=info status=200\n'),
      'no version': framed('<158> 2026-04-01T12:00:00+00:00 host heroku router - at=info status=200\n'),
      'too few parts': framed('<158>1 2026-04-01T12:00:00+00:00 host\n'),
      'what is no line': 'hello\n',
    };
    for (const [what, text] of Object.entries(broken)) {
      const read = tallyLog(Buffer.from(framed(good) + text + framed(good)));
      expect({ what, lines: read.lines, malformed: read.malformed }).toEqual({ what, lines: 2, malformed: 1 });
      expect(numbersOf(read)).toMatchObject({ requests: 2 });
    }
  });

  it('reads a time with and without a fraction, in any zone, and a message with octets of several bytes', () => {
    const lines = [
      '2026-04-01T12:00:03+00:00',
      '2026-04-01T12:00:03.99+00:00',
      '2026-04-01T05:00:03.123456-07:00',
      '2026-04-01T12:00:03Z',
    ].map((time) => `<45>1 ${time} host heroku web.1 - Error R14 (größer)\n`);
    const read = tally(...lines);
    expect(read.lines).toBe(4);
    expect(read.notable.map((line) => line.at - at)).toEqual([0, 990, 123, 0]);
    expect(read.counts).toEqual([{ at: slot, dyno: 'web.1', name: 'R14', number: 4 }]);
  });

  it('of nothing holds nothing', () => {
    expect(tallyLog(Buffer.alloc(0))).toEqual({
      lines: 0,
      malformed: 0,
      counts: [],
      minutes: [],
      times: [],
      notable: [],
    });
  });

  it('keeps what was notable last when there was much', () => {
    const lines = Array.from({ length: 500 }, (_, nth) => logplexLine(at + nth, 'heroku', 'web.1', 'Error R14 (x)'));
    const { notable } = tally(...lines);
    expect(notable).toHaveLength(20);
    expect(notable.at(-1)?.at).toBe(at + 499);
  });

  it('makes no dyno of a name that is none', () => {
    const read = tally(
      logplexLine(at, 'heroku', 'web.1;x', 'Error R14 (x)'),
      routerLine({ at, dyno: '<script>', status: 500 }),
      postgresLine(at, 'drop table'),
    );
    expect(read.counts.map(({ dyno }) => dyno)).toEqual(['web']);
    expect(read.minutes.some(({ field }) => field.startsWith('database'))).toBe(false);
  });
});
