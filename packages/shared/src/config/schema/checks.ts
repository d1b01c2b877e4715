import * as z from 'zod';
import type { CheckConfig, CheckKind } from '../checks.ts';
import { isMapping, type Tree } from '../document.ts';
import type { Path } from '../fault.ts';
import type { Secret } from '../secret.ts';
import { type Keys, openSection, type Reading, type Section } from '../section.ts';
import { duration, list, longestTimerMs, oneOf, orZero, secretText, text, textAs, whole } from './value.ts';

const checkKeys = {
  name: textAs(
    (value) => (/^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,63}$/u.test(value) ? value : undefined),
    'must be 1 to 64 letters, digits, spaces or . _ / -, a letter or digit first',
  ),
  every: duration(longestTimerMs),
  timeout: duration(60_000),
  failures: whole(1, 100),
};

/** `200`, `200-299`. */
const statusRange = textAs((value) => {
  const [, from = '', to = from] = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(value) ?? [];
  return from === '' || Number(from) > Number(to) ? undefined : { from: Number(from), to: Number(to) };
}, 'must be a status or a range of them, as 200 or 200-299');

const httpKeys = {
  url: secretText,
  url_file: text,
  method: oneOf('GET', 'HEAD', 'POST'),
  expect_status: z
    .unknown()
    .transform((written) => (Array.isArray(written) ? written : [written]))
    .pipe(list(statusRange, 'must name at least one status')),
  expect_body: text.min(1),
  certificate_left: orZero(duration()),
};
const redisKeys = { url: secretText, url_file: text, list: text.min(1), max_length: whole(0, 1_000_000_000) };
const postgresKeys = {
  url: secretText,
  url_file: text,
  table: textAs(
    (value) => (/^[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)?$/u.test(value) ? value : undefined),
    "must be a table's name, as users or public.users",
  ),
};

/** The sections of one check, by their path. */
export const checkSections: readonly (readonly [string, readonly string[]])[] = [
  ['agent.checks[]', [...Object.keys(checkKeys), 'http', 'redis', 'postgres']],
  ['agent.checks[].http', Object.keys(httpKeys)],
  ['agent.checks[].redis', Object.keys(redisKeys)],
  ['agent.checks[].postgres', Object.keys(postgresKeys)],
];

type Schedule = Pick<CheckConfig, 'name' | 'everyMs' | 'timeoutMs' | 'failures'>;

const readers: Record<CheckKind, (reading: Reading, path: Path, schedule: Schedule) => CheckConfig | null> = {
  http: readHttp,
  redis: readRedis,
  postgres: readPostgres,
};
const kinds = Object.keys(readers) as CheckKind[];

/** As the heartbeat bounds them. */
const mostChecks = 64;
const weekMs = 7 * 24 * 60 * 60_000;

/** @param written what stands at `agent.checks`. */
export function readChecks(reading: Reading, written: Tree | undefined): readonly CheckConfig[] {
  const items: readonly Tree[] = Array.isArray(written) ? written : [];
  if (items.length > mostChecks) reading.fault(['agent', 'checks'], `must have at most ${mostChecks} entries`);
  const checks: CheckConfig[] = [];
  for (const index of items.slice(0, mostChecks).keys()) {
    const path = ['agent', 'checks', index];
    const check = readCheck(reading, path, items[index]);
    if (check === null) continue;
    if (checks.some(({ name }) => name === check.name)) {
      reading.contradiction([...path, 'name'], 'is the name of another check too: names must differ');
    }
    checks.push(check);
  }
  return checks;
}

function readCheck(reading: Reading, path: Path, item: Tree | undefined): CheckConfig | null {
  if (!isMapping(item)) return null;
  const section = openSection(reading, path, checkKeys);
  const asked = kinds.filter((kind) => item[kind] !== undefined);
  const [kind] = asked;
  if (kind === undefined || asked.length > 1) {
    reading.contradiction(path, `must have exactly one of ${kinds.join(', ')}`);
    return null;
  }
  if (!section.given('name')) reading.contradiction(path, 'needs a name');
  const everyMs = section.value('every') ?? 60_000;
  const timeoutMs = section.value('timeout') ?? Math.min(5000, everyMs);
  if (timeoutMs > everyMs) {
    section.contradiction(
      'timeout',
      `must not be above every (${everyMs / 1000} s): the next look would come before it`,
    );
  }
  const name = section.value('name');
  const schedule = { name: name ?? '', everyMs, timeoutMs, failures: section.value('failures') ?? 2 };
  const check = readers[kind](reading, [...path, kind], schedule);
  return name === undefined ? null : check;
}

function readHttp(reading: Reading, path: Path, schedule: Schedule): CheckConfig | null {
  const section = openSection(reading, path, httpKeys);
  const method = section.value('method') ?? 'GET';
  const expectBody = section.value('expect_body') ?? null;
  if (method === 'HEAD' && expectBody !== null) {
    section.contradiction('expect_body', 'cannot be looked at with method: HEAD, which has no body');
  }
  const url = urlOf(reading, path, section, ['http:', 'https:']);
  if (url === null) return null;
  return {
    ...schedule,
    kind: 'http',
    url,
    method,
    expectStatus: section.value('expect_status') ?? [{ from: 200, to: 299 }],
    expectBody,
    certificateLeftMs: section.value('certificate_left') ?? weekMs,
  };
}

function readRedis(reading: Reading, path: Path, schedule: Schedule): CheckConfig | null {
  const section = openSection(reading, path, redisKeys);
  const url = urlOf(reading, path, section, ['redis:', 'rediss:']);
  const lists = section.value('list') ?? null;
  const maxLength = section.value('max_length') ?? null;
  if (section.given('list') !== section.given('max_length')) {
    const [there, missing] = section.given('list')
      ? (['list', 'max_length'] as const)
      : (['max_length', 'list'] as const);
    section.contradiction(there, `needs ${missing} beside it`);
  }
  return url === null ? null : { ...schedule, kind: 'redis', url, list: lists, maxLength };
}

function readPostgres(reading: Reading, path: Path, schedule: Schedule): CheckConfig | null {
  const section = openSection(reading, path, postgresKeys);
  const url = urlOf(reading, path, section, ['postgres:', 'postgresql:']);
  return url === null ? null : { ...schedule, kind: 'postgres', url, table: section.value('table') ?? null };
}

/** A URL is a secret as a whole, since most of these hold a password. */
function urlOf<K extends Keys & typeof urlKeys>(
  reading: Reading,
  path: Path,
  section: Section<K>,
  schemes: readonly [string, ...string[]],
): Secret | null {
  const read = (section as unknown as Section<typeof urlKeys>).secret('url');
  if (read === null) {
    const isGiven = section.given('url') || section.given('url_file');
    if (!isGiven) reading.contradiction(path, 'needs a url, or url_file');
    return null;
  }
  const form = `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
  const given = section.given('url_file') ? 'url_file' : 'url';
  try {
    const { protocol, hostname } = new URL(read.reveal().trim());
    if (schemes.includes(protocol) && (hostname !== '' || protocol.startsWith('postgres'))) return read;
  } catch {
    // Told below.
  }
  reading.fault([...path, given], given === 'url' ? form : `its content ${form}`);
  return null;
}

const urlKeys = { url: secretText, url_file: text };
