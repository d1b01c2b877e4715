import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { significantText } from '../domain/heartbeat-digest.ts';
import { historyValues } from '../domain/history.ts';
import { heartbeatSchema } from './heartbeat.ts';
import { createHeartbeatParser } from './heartbeat-parser.ts';

const parse = createHeartbeatParser();

const whole = {
  sentAt: 1_790_000_000_000,
  bootId: 'a boot',
  interval: 30,
  grace: 300,
  agent: { version: '1.0.0', kind: 'host' },
  labels: { env: 'prod', site: 'fra-1' },
  status: 'up',
  clockOffset: -3,
  host: {
    os: 'linux',
    uptime: 12.5,
    cpus: 4,
    load: [0.1, 0.2, 0.3],
    memory: { total: 100, used: 50 },
    filesystems: [{ path: '/', device: '/dev/vda1', type: 'ext4', size: 10, used: 4, free: 6, percent: 40 }],
  },
  checks: [{ name: 'shop', kind: 'http', status: 'ok', latency: 12, message: '200' }],
};

/** What a field may be replaced by: what is near the bounds of some field, and what is none. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    0.5,
    31_622_400,
    31_622_401,
    2 ** 53,
    -0,
    '',
    'up',
    'stopping',
    'operator',
  ),
  fc.constantFrom<unknown>([], {}, [1, 2, 3, 4], [null], { name: 'x' }, { total: 1 }, { path: '' }),
  // Two of JavaScript's characters each.
  fc.constantFrom(...[32, 64, 65, 128, 129].map((length) => '\u{1f600}'.repeat(length))),
  fc.constantFrom(...[64, 65, 128, 129, 256, 257, 1024, 1025, 4096, 4097].map((length) => 'x'.repeat(length))),
  fc.constantFrom(64, 65).map((count) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, 'v']))),
  fc.constantFrom(256, 257).map((count) => Array.from({ length: count }, () => ({ name: 'c' }))),
  fc.double({ noNaN: true }),
  fc.jsonValue(),
);

const names = [
  'sentAt',
  'interval',
  'grace',
  'status',
  'labels',
  'host',
  'load',
  'percent',
  'name',
  'new',
  '__proto__',
];
const steps = fc.array(
  fc.tuple(fc.nat(), fc.nat(), odd, fc.constantFrom('put', 'drop', 'add'), fc.constantFrom(...names)),
  {
    minLength: 1,
    maxLength: 3,
  },
);

/** A copy of the whole heartbeat with some places in it replaced, removed or added. */
function mutated(changes: readonly [number, number, unknown, string, string][]): string {
  const json = structuredClone(whole) as Record<string, unknown>;
  for (const [container, place, given, how, name] of changes) {
    const value = structuredClone(given);
    const containers: Record<string, unknown>[] = [];
    const collect = (at: unknown) => {
      if (typeof at !== 'object' || at === null) return;
      containers.push(at as Record<string, unknown>);
      Object.values(at).forEach(collect);
    };
    collect(json);
    const target = containers[container % containers.length] ?? json;
    const keys = Object.keys(target);
    const key = keys[place % Math.max(1, keys.length)];
    if (how === 'add' || key === undefined)
      Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
    else if (how === 'drop') delete target[key];
    else target[key] = value;
  }
  return JSON.stringify(json);
}

describe("a heartbeat's body", () => {
  it('is taken and refused as the schema takes and refuses it, and says the same to who judges it', () => {
    let taken = 0;
    fc.assert(
      fc.property(steps, (changes) => {
        const text = mutated(changes);
        const parsed = parse(text);
        const expected = heartbeatSchema.safeParse(JSON.parse(text));
        expect(parsed.kind).toBe(expected.success ? 'parsed' : 'malformed');
        if (parsed.kind !== 'parsed' || !expected.success) return;
        taken += 1;
        const { heartbeat } = parsed;
        const { sentAt, interval, grace, status, by, expectBackWithin, bootId, heroku } = expected.data;
        expect(heartbeat).toMatchObject(
          JSON.parse(JSON.stringify({ sentAt, interval, grace, status, by, expectBackWithin, bootId, heroku })),
        );
        expect(historyValues(heartbeat)).toEqual(historyValues(expected.data));
        if (!text.includes('__proto__')) expect(significantText(heartbeat)).toBe(significantText(expected.data));
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it.each([
    ['interval', '{"sentAt":1790000000000}'],
    ['grace', '{"sentAt":1790000000000,"interval":30,"grace":10}'],
    [
      'host.filesystems.0.percent',
      JSON.stringify({ ...whole, host: { filesystems: [{ ...whole.host.filesystems[0], percent: 101 }] } }),
    ],
    ['labels.env', JSON.stringify({ ...whole, labels: { env: 7 } })],
    ['host.uptime', '{"sentAt":1790000000000,"interval":30,"host":{"uptime":1e999}}'],
    ['heroku.dynos', JSON.stringify({ ...whole, heroku: { dynos: {} } })],
  ])('is refused with the field that is wrong: %s', (field, text) => {
    expect(parse(text)).toMatchObject({ kind: 'malformed', field });
  });
});
