import { isPlatformError } from '@healthapp/shared/domain/app-log';
import { serviceClasses } from '@healthapp/shared/domain/log-minute';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRun } from '../../../../test/harness/fuzz/fuzz-run.ts';
import { logplexBody, logplexLine, routerLine } from '../../../../test/harness/heroku/log-lines.ts';
import { tallyLog } from './tally.ts';

const at = Date.UTC(2026, 3, 1, 12, 0, 3);
const good = routerLine({ at, status: 503, code: 'H12' });

/** Made of what lines are made of, so that the parser's depths are reached. */
const piece = fc.oneof(
  fc.constantFrom(
    '<158>1 ',
    '2026-04-01T12:00:03.1+00:00 ',
    '9999999-99-99T99:99:99Z ',
    'host ',
    'heroku ',
    'app ',
    'router ',
    'web.1 ',
    'heroku-postgres ',
    'postgres.1 ',
    '__proto__ ',
    '- ',
    '\n',
    '83 <',
    '0 <',
    '999999 <',
    'at=error code=H12 ',
    'code=',
    'status=99999999999999 ',
    'status=503 ',
    'service=30001ms ',
    'service=-1ms ',
    'connect= ',
    'path="',
    '"',
    'dyno=web.1 ',
    'dyno=constructor ',
    'source=web.1 sample#memory_total=1e9MB ',
    'sample#memory_quota=0MB ',
    'sample#load_avg_1m=..1 ',
    'sample#',
    'source=HEROKU_POSTGRESQL_RED sample#db_size=1bytes ',
    'Error R14 (x)',
    'State changed from up to crashed',
    'Process running mem=1MB(9%)',
    'sql_error_code = 23503 ERROR: ',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
const framed = text.map((line) => `${Buffer.byteLength(line)} ${line}`);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.oneof(text, framed, framed), { maxLength: 6 }).map((parts) => Buffer.from(parts.join(''))),
);

describe('whatever is delivered', () => {
  it('is counted in whole numbers under names that are safe, or skipped', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const { lines, malformed, counts, minutes, times, notable } = tallyLog(bytes);
        expect(lines).toBeGreaterThanOrEqual(0);
        expect(malformed).toBeGreaterThanOrEqual(0);
        expect(lines + malformed > 0).toBe(bytes.length > 0);
        for (const count of counts) {
          expect(Number.isSafeInteger(count.number) && count.number >= 0).toBe(true);
          expect(Number.isSafeInteger(count.at) && count.at >= 0).toBe(true);
          // Redis takes them apart at spaces and line feeds.
          expect(count.dyno).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
          expect(isPlatformError(count.name) || /^(?:[HRL]\d\d|5xx|memory|load)$/.test(count.name)).toBe(true);
        }
        for (const { field, number } of minutes) {
          expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
          expect(field).toMatch(/^[\w.-]+(?: [\w.-]+){0,2}$/);
        }
        for (const [nth, requests] of times.flatMap(({ classes }) => classes)) {
          expect(nth >= 0 && nth < serviceClasses && requests > 0).toBe(true);
        }
        for (const line of notable) expect(line.text).not.toMatch(/\p{Cc}/u);
      }),
      fuzzRun('log deliveries', 6000),
    );
  });

  it('leaves the good lines before and after it as they are', () => {
    const without = fc.oneof(text, framed).filter((part) => !/\d <|\n/.test(part) && part !== '');
    fc.assert(
      fc.property(without, (broken) => {
        const around = Buffer.concat([logplexBody([good]), Buffer.from(`${broken}\n`), logplexBody([good])]);
        const { lines, counts } = tallyLog(around);
        expect(lines).toBe(2);
        expect(counts.find(({ name }) => name === 'H12')?.number).toBe(2);
      }),
      fuzzRun('what stands between log lines', 3000),
    );
  });

  it('is read whole where it is in order, whatever a message says', () => {
    const message = fc.string({ maxLength: 80, unit: 'binary' });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        const lines = messages.map((one) => logplexLine(at, 'app', 'web.1', one));
        expect(tallyLog(logplexBody(lines))).toMatchObject({ lines: messages.length, malformed: 0 });
      }),
      fuzzRun('log lines in order', 2000),
    );
  });
});
