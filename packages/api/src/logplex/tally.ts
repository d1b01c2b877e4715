/** Counts the lines of one delivery, so that Redis is told sums and not lines. Pure. */
import { logSlotMs, serverErrors } from '@healthapp/shared/domain/app-log';
import {
  type DatabaseSeries,
  databaseSeries,
  isDatabaseSeries,
  type Merging,
  minuteFields,
  serviceClasses,
  serviceClassOf,
} from '@healthapp/shared/domain/log-minute';
import type { NotableLine } from '@healthapp/shared/domain/notable-lines';
import { type LogDelivery, sampleScale } from '@healthapp/shared/redis/log-counts';
import { type LogLine, type ReadFrames, readFrames } from './frames.ts';
import { errorCodeIn, eventOf, memoryUse, postgresError } from './platform-lines.ts';
import { emptyRouterLine, readRouterLine } from './router-line.ts';
import { eachSample, inMegabytes } from './samples.ts';

export type TalliedLog = ReadFrames & Pick<LogDelivery, 'counts' | 'minutes' | 'times' | 'notable'>;

/** What an app's name for a dyno may be; another is no dyno, and would be a key of anybody's making. */
const processName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
const databaseName = /^[A-Z][A-Z0-9_]{0,62}$/;

/** Redis keeps twenty; of a path, this much says where it is. */
const mostNotable = 20;
const longestText = 300;
const longestPath = 120;

const minuteMs = 60_000;

/** Router errors that no dyno had a part in are of the dynos that should have. */
const routed = 'web';

/** @param body of `application/logplex-1`. */
export function tallyLog(body: Buffer): TalliedLog {
  const text = body.toString('latin1');
  const tally = createTally(text);
  const read = readFrames(text, tally.count);
  return { ...read, ...tally.result() };
}

interface Sum {
  readonly at: number;
  readonly merging: Merging;
  number: number;
}

/** Requests of one minute. */
interface RequestSums {
  readonly at: number;
  requests: number;
  clientErrors: number;
  serverErrors: number;
  readonly classes: Int32Array;
}

function createTally(text: string) {
  const counts = new Map<
    string,
    { readonly at: number; readonly dyno: string; readonly name: string; number: number }
  >();
  const minutes = new Map<number, RequestSums>();
  const fields = new Map<string, Sum & { readonly field: string }>();
  const notable: NotableLine[] = [];
  const router = emptyRouterLine();
  let current: RequestSums | undefined;

  function requestsOf(at: number): RequestSums {
    const minute = at - (at % minuteMs);
    if (current?.at === minute) return current;
    let sums = minutes.get(minute);
    if (sums === undefined) {
      sums = { at: minute, requests: 0, clientErrors: 0, serverErrors: 0, classes: new Int32Array(serviceClasses) };
      minutes.set(minute, sums);
    }
    current = sums;
    return sums;
  }

  function addField(at: number, field: string, merging: Merging, number: number): void {
    const minute = at - (at % minuteMs);
    const key = `${minute} ${field}`;
    const sum = fields.get(key);
    if (sum === undefined) fields.set(key, { at: minute, field, merging, number });
    else if (merging === '+') sum.number += number;
    else if (merging === '=' || number > sum.number) sum.number = number;
  }

  function addError(at: number, dyno: string, name: string): void {
    const slot = at - (at % logSlotMs);
    const key = `${slot} ${dyno} ${name}`;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { at: slot, dyno, name, number: 1 });
    else count.number += 1;
  }

  function addSample(at: number, dyno: string, name: 'memory' | 'load', value: number): void {
    const slot = at - (at % logSlotMs);
    const key = `${slot} ${dyno} ${name}`;
    const number = Math.round(value * sampleScale);
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { at: slot, dyno, name, number });
    else if (number > count.number) count.number = number;
  }

  function note(at: number, dyno: string, words: string): void {
    notable.push({ at, dyno, text: decoded(words).slice(0, longestText) });
    // Taken out seldom, so that a flood of them costs no more than its lines.
    if (notable.length > 10 * mostNotable) notable.splice(0, notable.length - mostNotable);
  }

  function countRequest({ at, from, to }: LogLine): void {
    readRouterLine(text, from, to, router);
    const { status, service, code } = router;
    if (status > 0) {
      const sums = requestsOf(at);
      sums.requests += 1;
      if (service >= 0) {
        const nth = serviceClassOf(service);
        sums.classes[nth] = (sums.classes[nth] as number) + 1;
      }
      if (status >= 500) sums.serverErrors += 1;
      else if (status >= 400) sums.clientErrors += 1;
    }
    if (status < 500 && code === '') return;
    const dyno = processName.test(router.dyno) ? router.dyno : routed;
    if (status >= 500 && status < 600) addError(at, dyno, serverErrors);
    const error = errorCodeIn(code);
    if (error !== null) {
      addError(at, dyno, error.code);
      addField(at, minuteFields.platformError(error.code), '+', 1);
    }
    note(at, dyno, requestWords(error?.words ?? `status ${status}`));
  }

  function requestWords(error: string): string {
    const { method, path, connect, service, status } = router;
    // What stands behind the question mark may be a secret.
    const query = path.indexOf('?');
    const place = (query === -1 ? path : path.slice(0, query)).slice(0, longestPath);
    const times = [
      ...(connect < 0 ? [] : [`connect ${connect} ms`]),
      ...(service < 0 ? [] : [`service ${service} ms`]),
    ];
    return [`${error}: ${method} ${place}`, ...(status > 0 ? [`status ${status}`] : []), ...times].join(', ');
  }

  function countPlatform({ at, process: dyno, from, to }: LogLine): void {
    if (!processName.test(dyno)) return;
    if (text.startsWith('source=', from)) {
      countDynoSamples(at, dyno, text.slice(from, to));
      return;
    }
    const words = text.slice(from, to);
    const error = words.startsWith('Error ') ? errorCodeIn(words.slice(6)) : null;
    if (error !== null) {
      addError(at, dyno, error.code);
      addField(at, minuteFields.platformError(error.code), '+', 1);
      note(at, dyno, error.words);
      return;
    }
    const use = memoryUse(words);
    if (use !== null) {
      addSample(at, dyno, 'memory', use.percent);
      addField(at, minuteFields.dyno(dyno, 'memory'), '>', Math.round(use.megabytes));
      return;
    }
    const event = eventOf(words);
    if (event === null || (event.kind === 'exit' && event.status === 0)) return;
    note(at, dyno, words);
    if (event.kind === 'state' && event.to === 'crashed') addField(at, minuteFields.crashes, '+', 1);
  }

  function countDynoSamples(at: number, dyno: string, words: string): void {
    let memory: number | undefined;
    let quota: number | undefined;
    eachSample(words, (name, number, unit) => {
      switch (name) {
        case 'load_avg_1m':
          addSample(at, dyno, 'load', number);
          addField(at, minuteFields.dyno(dyno, 'load'), '>', Math.round(number * 100));
          return;
        case 'memory_total':
          memory = inMegabytes(number, unit);
          return;
        case 'memory_quota':
          quota = inMegabytes(number, unit);
          return;
        case 'memory_swap': {
          const swap = inMegabytes(number, unit);
          if (swap !== undefined) addField(at, minuteFields.dyno(dyno, 'swap'), '>', Math.round(swap));
          return;
        }
        default:
      }
    });
    if (memory !== undefined) addField(at, minuteFields.dyno(dyno, 'memory'), '>', Math.round(memory));
    if (quota !== undefined) addField(at, minuteFields.dyno(dyno, 'quota'), '>', Math.round(quota));
    if (memory !== undefined && quota !== undefined && quota > 0) {
      addSample(at, dyno, 'memory', (100 * memory) / quota);
    }
  }

  function countDatabaseSamples(at: number, words: string): void {
    const space = words.indexOf(' ');
    const database = words.slice('source='.length, space === -1 ? words.length : space);
    if (!databaseName.test(database)) return;
    eachSample(words, (sample, number, unit) => {
      const name = sample.replaceAll('_', '-');
      if (!isDatabaseSeries(name)) return;
      const amount = databaseSeries[name].unit === 'MB' ? inMegabytes(number, unit) : number;
      if (amount === undefined) return;
      addField(
        at,
        minuteFields.database(database, name as DatabaseSeries),
        '=',
        Math.round(amount * databaseSeries[name].scale),
      );
    });
  }

  function count(line: LogLine): void {
    const { at, source, process, from, to } = line;
    if (source === 'heroku') {
      if (process === 'router') countRequest(line);
      else countPlatform(line);
      return;
    }
    // An app's own lines are not read; its add-ons' are.
    if (source !== 'app') return;
    if (process === 'heroku-postgres') countDatabaseSamples(at, text.slice(from, to));
    else if (process.startsWith('postgres')) {
      const error = postgresError(process, text.slice(from, to));
      if (error === null) return;
      addField(at, minuteFields.postgresErrors, '+', 1);
      note(at, 'postgres', error);
    }
  }

  return {
    count,
    result(): Omit<TalliedLog, keyof ReadFrames> {
      const times: LogDelivery['times'][number][] = [];
      const sums: LogDelivery['minutes'][number][] = [...fields.values()];
      for (const { at, requests, clientErrors, serverErrors, classes } of minutes.values()) {
        sums.push({ at, field: minuteFields.requests, merging: '+', number: requests });
        if (clientErrors > 0) sums.push({ at, field: minuteFields.clientErrors, merging: '+', number: clientErrors });
        if (serverErrors > 0) sums.push({ at, field: minuteFields.serverErrors, merging: '+', number: serverErrors });
        const used = [...classes].flatMap((number, nth): [nth: number, requests: number][] =>
          number > 0 ? [[nth, number]] : [],
        );
        if (used.length > 0) times.push({ at, classes: used });
      }
      return { counts: [...counts.values()], minutes: sums, times, notable: notable.slice(-mostNotable) };
    },
  };
}

/** Lines are taken apart as octets; what a person reads is UTF-8, without what could move a terminal's cursor. */
function decoded(octets: string): string {
  return Buffer.from(octets, 'latin1')
    .toString('utf8')
    .replace(/\p{Cc}/gu, ' ');
}
