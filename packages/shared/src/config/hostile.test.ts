/** Whatever a file holds, reading it ends, with a configuration or with faults, and shows no secret. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from './fault.ts';
import { type LoadedConfig, readConfig } from './load.ts';
import { keyPaths } from './schema/sections.ts';

const sample = readFileSync(new URL('../../../../config.sample.yaml', import.meta.url), 'utf8');

function load(text: string, env: NodeJS.ProcessEnv = {}): LoadedConfig {
  return readConfig({ env, cwd: '/' }, { kind: 'found', file: 'config.yaml', folder: '/nonexistent', text });
}

/** Reads `text` and checks what must hold of any answer. @returns the faults as they are printed. */
function answerTo(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  const answer = load(text, env);
  if (answer.kind === 'loaded') {
    expect(Object.isFrozen(answer.config)).toBe(true);
    expect(answer.config.apiListen.port).toBeGreaterThan(0);
    return answer.warnings.map(formatFault);
  }
  expect(answer.faults.length).toBeGreaterThan(0);
  expect(answer.faults.length).toBeLessThanOrEqual(101);
  for (const fault of answer.faults) {
    expect(fault.message).not.toBe('');
    expect(formatFault(fault)).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]{3,1000}$/u);
    expect(fault.line === null || fault.line >= 1).toBe(true);
  }
  return answer.faults.map(formatFault);
}

/** Random, but the same in every run: mulberry32. */
function randomFrom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number) => Math.floor(next() * most);
  return { below, oneOf: <T>(items: readonly T[]): T => items[below(items.length)] as T };
}
type Random = ReturnType<typeof randomFrom>;

const marks = [
  ...'-?:,[]{}#&*!|>\'"%@`~<\n\t \\=0\0\u001b\u0085\u2028\ufeff',
  ...[
    '\r\n',
    ': ',
    '- ',
    '\n  ',
    '---\n',
    '...\n',
    '<<: ',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '|\n ',
    '"\\x',
    '\ud800',
    '\u{1f600}',
  ],
];
const names = [
  ...keyPaths.map((path) => path.split('.').at(-1) ?? ''),
  '__proto__',
  'constructor',
  'toString',
  'heroku',
];
const scalars = [
  '',
  '~',
  'yes',
  '0',
  '-1',
  '1e999',
  '0x1f',
  '010',
  '.nan',
  '5m',
  ':8000',
  '[::1]:8000',
  'a@b',
  'http://a',
  'redis://:x@h',
  '\\',
];

function mutated(text: string, random: Random): string {
  let result = text;
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    const at = random.below(result.length);
    const cut = random.below(3) === 0 ? random.below(40) : 0;
    result = result.slice(0, at) + random.oneOf(marks) + result.slice(at + cut);
  }
  return result;
}

/** A YAML value in flow style, mostly sound, of keys that exist and values that might. */
function value(random: Random, depth: number): string {
  const kind = depth === 0 ? 0 : random.below(5);
  if (kind <= 1) return JSON.stringify(random.oneOf(scalars));
  if (kind === 2) return random.oneOf(scalars.filter((scalar) => !/[[\]@\\]|^:/.test(scalar)));
  const parts = Array.from({ length: random.below(4) }, () => value(random, depth - 1));
  if (kind === 3) return `[${parts.join(', ')}]`;
  return `{${parts.map((part) => `${random.oneOf(names)}: ${part}`).join(', ')}}`;
}

// Hundreds of configurations each: on a busy machine that takes its time.
/** Everything that has keys below it. */
const sectionNames = new Set([
  ...keyPaths.flatMap((path) => path.replaceAll('[]', '').split('.').slice(0, -1)),
  'labels',
]);

describe('a hostile configuration', { timeout: 60_000 }, () => {
  it('that was the sample before somebody fell on the keyboard gets an answer', () => {
    const random = randomFrom(1);
    for (let run = 0; run < 150; run++) answerTo(mutated(sample, random));
  });

  it('of random marks gets an answer', () => {
    const random = randomFrom(2);
    for (let run = 0; run < 500; run++) {
      const parts = Array.from({ length: random.below(60) }, () => random.oneOf(random.below(2) ? marks : names));
      answerTo(parts.join(''));
    }
  });

  it('of known keys with random values gets an answer', () => {
    const random = randomFrom(3);
    let sound = 0;
    for (let run = 0; run < 500; run++) {
      const lines = Array.from({ length: random.below(8) }, () => `${random.oneOf(names)}: ${value(random, 3)}`);
      const text = lines.join('\n');
      answerTo(text);
      if (load(text).kind === 'loaded') sound++;
    }
    // Otherwise the values are so wild that they test only the first check.
    expect(sound).toBeGreaterThan(10);
  });

  it('in the environment gets an answer', () => {
    const random = randomFrom(4);
    const variables = [
      'REDIS_URL',
      'PORT',
      'HEALTHAPP_API_KEY',
      'HEALTHAPP_API_URL',
      'ENABLE_EMAILS',
      'EMAIL_PORT',
      'RECIPIENTS',
    ];
    for (let run = 0; run < 300; run++) {
      const env = Object.fromEntries(variables.map((name) => [name, random.oneOf([...scalars, ...marks])]));
      answerTo(random.below(2) ? '' : mutated('api_listen: 1:1\nredis: a:1', random), env);
    }
  });

  it('shows none of its secrets, wherever they stand', () => {
    const random = randomFrom(5);
    const forms = [
      'hunter2',
      '"hunter2',
      '@hunter2',
      '*hunter2',
      '!hunter2',
      '&hunter2',
      '{hunter2: x}',
      '[hunter2]',
      '- hunter2',
    ];
    const more = [
      '"\\hunter2"',
      '%hunter2',
      'x: hunter2',
      '|hunter2',
      '[[hunter2]]',
      '[{id: hunter2 x}]',
      '{id: {hunter2: y}}',
      '\n  hunter2',
    ];
    const urls = [
      'redis://:hunter2@',
      'redis://:hunter2@h/x',
      'http://x:hunter2@h',
      '\n  - hunter2: hunter2\n    hunter2: 1',
    ];
    const known = names.filter((name) => !/_file$|^key_file$|heroku|__proto__|constructor|toString/.test(name));
    for (let run = 0; run < 1000; run++) {
      const lines = Array.from({ length: 1 + random.below(3) }, () => {
        return `${random.oneOf(known)}: ${random.oneOf([...forms, ...more, ...urls])}`;
      });
      // A section's own keys must be shown to be corrected, so only values can be secrets there.
      const text = lines.filter((line) => !sectionNames.has(line.slice(0, line.indexOf(':')))).join('\n');
      expect(answerTo(text).join('\n'), text).not.toContain('hunter2');
    }
  });

  it.each<[string, string]>([
    ['a mebibyte of comments', '# nothing\n'.repeat(100_000)],
    ['twenty thousand unknown keys', Array.from({ length: 20_000 }, (_, i) => `api_lisp${i}: ${i}`).join('\n')],
    ['one long line', `redis: ${'x'.repeat(1_000_000)}`],
    ['one long key', `${'x'.repeat(1_000_000)}: 1`],
    ['a long list', `email_recipients: [${'a@b,'.repeat(10_000)}]`],
    ['a long name with an address', `email_sender: "${'a '.repeat(500_000)}"`],
    ['many keys of the API', `api_key: [${'{id: a, secret: b},'.repeat(5000)}]`],
    ['many labels', `agent: {labels: {${Array.from({ length: 5000 }, (_, i) => `l${i}: x`).join(',')}}}`],
    ['many aliases', `redis: &a x\nemail_recipients: [${'*a,'.repeat(10_000)}]`],
    ['many open brackets', '['.repeat(10_000)],
    ['many open braces', 'agent: '.concat('{labels: '.repeat(20_000))],
    ['many steps inwards', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}agent:`).join('\n')],
    [
      'keys of every object',
      '__proto__: {a: 1}\nconstructor: {prototype: {a: 1}}\nagent: {__proto__: {name: x}, labels: {__proto__: x}}',
    ],
  ])('of %s gets an answer in time', (_what, text) => {
    const started = performance.now();
    answerTo(text);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
    expect(({} as Record<string, unknown>).name).toBeUndefined();
  });
});
