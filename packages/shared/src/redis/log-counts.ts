/** What is counted of Heroku apps' logs: errors and samples of the last hour, and who may count. */
import { isSampleName, type LogCount, type LogSample, logCountsForMs, logSlotMs } from '../domain/app-log.ts';
import type { Merging } from '../domain/log-minute.ts';
import type { NotableLine } from '../domain/notable-lines.ts';
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

/** Who sends an app's log: Heroku itself, or the poller that follows a log session. A drain goes first. */
export type LogRank = 'drain' | 'follower';

/** What one request held of an app's log, counted. */
export interface LogDelivery {
  /** `heroku:app` */
  readonly server: string;
  /** The drain's token, or the follower's name. */
  readonly source: string;
  readonly rank: LogRank;
  /** Names the request: one that is sent again within five minutes counts once. Empty: it has no name. */
  readonly frame: string;
  /** `number`: errors (added), or a sample in its smallest unit (the highest is kept). */
  readonly counts: readonly {
    /** ms since 1970. */
    readonly at: number;
    readonly dyno: string;
    readonly name: string;
    readonly number: number;
  }[];
  /** Of a minute, ms since 1970: numbers that become its row of history (`log-minutes.ts`). */
  readonly minutes: readonly {
    readonly at: number;
    readonly field: string;
    readonly merging: Merging;
    readonly number: number;
  }[];
  /** The last of its source, in good order: another may count at once. */
  readonly ends?: boolean;
  /** Of a minute, ms since 1970: requests by the class of their service time. */
  readonly times: readonly {
    readonly at: number;
    readonly classes: readonly (readonly [nth: number, requests: number])[];
  }[];
  /** Lines that say why something went wrong, oldest first. */
  readonly notable: readonly NotableLine[];
}

export type LogRecording =
  | { readonly kind: 'counted' }
  | { readonly kind: 'duplicate' }
  /** Another source counts; `untilMs`: how long it may still do so alone. */
  | { readonly kind: 'standby'; readonly source: LogRank; readonly untilMs: number }
  /** A follower's, and nothing reports an app of this name: it was forgotten meanwhile. */
  | { readonly kind: 'unknown' }
  /** A new name, and the partition is full. */
  | { readonly kind: 'full' };

/**
 * How long a source counts alone after its last delivery, ms. A drain is silent while its app is; were a follower
 * let in then, the next line would count twice.
 */
const leaseMs: Readonly<Record<LogRank, number>> = { drain: 10 * 60_000, follower: 60_000 };

/** Of a sample, how many of what is stored make one of its unit. */
export const sampleScale = 100;

/**
 * Writes deliveries of one partition with one script call. Answers are in their order.
 * @param mostServers how many servers the partition may hold: a drain makes an app known that nothing reports.
 */
export async function recordAppLogs(
  partition: Partition,
  deliveries: readonly LogDelivery[],
  mostServers: number,
): Promise<LogRecording[]> {
  const args: ScriptArgument[] = [mostServers];
  for (const delivery of deliveries) {
    const { server, source, rank, frame } = delivery;
    let counts = '';
    for (const { at, dyno, name, number } of delivery.counts) {
      counts += `${Math.floor(at / logSlotMs)} ${isSampleName(name) ? '>' : '+'} ${number} ${dyno} ${name}\n`;
    }
    let minutes = '';
    for (const { at, merging, number, field } of delivery.minutes) {
      minutes += `${Math.floor(at / 60_000)} ${merging} ${number} ${field}\n`;
    }
    let times = '';
    for (const { at, classes } of delivery.times) times += `${Math.floor(at / 60_000)} ${classes.flat().join(' ')}\n`;
    const notable = delivery.notable.map((line) => JSON.stringify(line)).join('\n');
    const lease = delivery.ends === true ? 0 : leaseMs[rank];
    args.push(server, source, rank, lease, frame, counts, minutes, times, notable);
  }
  const answers = (await partition.run('recordAppLogs', args)) as number[];
  return deliveries.map((_, index) => recordingOf(answers[2 * index], answers[2 * index + 1] ?? 0));
}

/** Has errors judged that a judgement may have missed while it was written. */
export async function judgeLogs(partition: Partition): Promise<void> {
  await partition.run('judgeLogs', []);
}

function recordingOf(code: number | undefined, value: number): LogRecording {
  switch (code) {
    case 1:
      return { kind: 'counted' };
    case 2:
      return { kind: 'duplicate' };
    case 3:
      return { kind: 'standby', source: 'drain', untilMs: value };
    case 4:
      return { kind: 'standby', source: 'follower', untilMs: value };
    case 5:
      return { kind: 'unknown' };
    case 6:
      return { kind: 'full' };
    default:
      throw new Error(`record-app-logs answered ${code}: the script and this version do not fit together`);
  }
}

export interface LogCounts {
  /** Since when this app's log is counted without a break of two hours, ms since 1970; null: it is not. */
  readonly since: number | null;
  /** Until when all that came is counted, ms since 1970; null: until now. A follower that has lost its turn knows no more. */
  readonly until: number | null;
  /** When lines last came. */
  readonly heardAt: number | null;
  /** By time. */
  readonly counts: readonly LogCount[];
  readonly samples: readonly LogSample[];
}

const chunkMs = 60 * logSlotMs;

/**
 * What was counted of apps in the last hour, in the order asked for.
 * @param servers `heroku:app`, all of this partition. @param now ms since 1970, by Redis' clock.
 */
export async function readLogCounts(
  partition: Partition,
  servers: readonly string[],
  now: number,
): Promise<LogCounts[]> {
  if (servers.length === 0) return [];
  const { keys, redis } = partition;
  const last = Math.floor(now / chunkMs);
  const first = Math.floor((now - logCountsForMs) / chunkMs);
  const pipeline = redis.pipeline();
  for (const server of servers) {
    pipeline.hmget(keys.logSource(server), 'since', 'heardAt', 'rank', 'until');
    for (let chunk = first; chunk <= last; chunk += 1) pipeline.hgetall(keys.logCounts(server, chunk));
  }
  const answers = await pipelineAnswers(pipeline.exec());
  const each = last - first + 2;
  return servers.map((_, index) => {
    const [source, ...chunks] = answers.slice(index * each, (index + 1) * each);
    const [since, heardAt, rank, until] = source as (string | null)[] as [string | null, string | null, string, string];
    const counts: LogCount[] = [];
    const samples: LogSample[] = [];
    chunks.forEach((fields, nth) => {
      readChunk(fields as Record<string, string>, (first + nth) * chunkMs, now - logCountsForMs, counts, samples);
    });
    counts.sort((one, other) => one.at - other.at);
    samples.sort((one, other) => one.at - other.at);
    return {
      since: since === null ? null : Number(since),
      until: rank === 'follower' && Number(until) < now ? Number(until) : null,
      heardAt: heardAt === null ? null : Number(heardAt),
      counts,
      samples,
    };
  });
}

/** `web.1 H12` → `3=2 17=1`: numbers of the slots of ten minutes. */
function readChunk(
  fields: Readonly<Record<string, string>>,
  begin: number,
  notBefore: number,
  counts: LogCount[],
  samples: LogSample[],
): void {
  for (const [field, text] of Object.entries(fields)) {
    const [dyno = '', name = ''] = field.split(' ');
    for (const entry of text.split(' ')) {
      const [slot, number] = entry.split('=');
      const at = begin + Number(slot) * logSlotMs;
      if (at < notBefore) continue;
      if (isSampleName(name)) samples.push({ at, dyno, name, value: Number(number) / sampleScale });
      else counts.push({ at, dyno, error: name, count: Number(number) });
    }
  }
}

/** The last lines of apps that say why something went wrong, newest first, in the order asked for. */
export async function readLogTails(partition: Partition, servers: readonly string[]): Promise<NotableLine[][]> {
  if (servers.length === 0) return [];
  const pipeline = partition.redis.pipeline();
  for (const server of servers) pipeline.lrange(partition.keys.logTail(server), 0, -1);
  const answers = (await pipelineAnswers(pipeline.exec())) as string[][];
  return answers.map((texts) => texts.map((text) => JSON.parse(text) as NotableLine));
}
