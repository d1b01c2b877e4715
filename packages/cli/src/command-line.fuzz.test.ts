/** Whatever stands on the command line or in the configuration: an answer or one clear error, and never a fault of ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFault } from '@healthapp/shared/config/fault';
import { readConfig } from '@healthapp/shared/config/load';
import { keyPaths } from '@healthapp/shared/config/schema/sections';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzRun } from '../../../test/harness/fuzz/fuzz-run.ts';
import { nastyJson, nastyText } from '../../../test/harness/fuzz/hostile.ts';
import { runCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { recordedIo } from './recorded-io.ts';

const secret = 'a secret that stands in the configuration';
let folder: string;
let config: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'healthapp-fuzz-'));
  config = join(folder, 'config.yaml');
  // No Redis, so no role can start; nothing listens where the API is said to be.
  writeFileSync(config, JSON.stringify({ api_key: secret, api_url: 'http://127.0.0.1:1' }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Printed text may not move the cursor, ring, or pretend to be another line. */
const controlCharacters = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

describe('hostile words on the command line', () => {
  it('get an answer or one clear error', async () => {
    const flags = commands.flatMap(({ usage }) =>
      usage.verbs.flatMap((one) => Object.keys(one.flags).map((flag) => `--${flag}`)),
    );
    const verbs = commands.flatMap(({ usage }) => usage.verbs.map(({ name }) => name)).filter((name) => name !== '');
    const word = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...verbs) },
      { weight: 3, arbitrary: fc.constantFrom(...flags, '--help', '--', '-', '-x', '--api=http://127.0.0.1:1') },
      { weight: 4, arbitrary: nastyText },
    );
    const line = fc
      .tuple(
        fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...commands.map(({ name }) => name)) }, nastyText),
        fc.array(word, { maxLength: 5 }),
      )
      // Alone these would start, as they should, and go on.
      .map(([name, words]) => (name === 'up' || name === 'agent' ? [name, '--nothing', ...words] : [name, ...words]));
    await fc.assert(
      fc.asyncProperty(line, async (argv) => {
        const { io, said } = recordedIo({
          env: { CONFIG_FILE: config, HEALTHAPP_API_URL: 'http://127.0.0.1:1' },
          cwd: folder,
        });
        const status = await runCommandLine(argv, commands, io);
        const { out, err } = said();
        expect([0, 1, 2]).toContain(status);
        expect(err).not.toMatch(/please report it|\n +at /);
        expect(err).not.toMatch(controlCharacters);
        expect(status === 0 || err !== '').toBe(true);
        expect(out + err).not.toContain(secret);
      }),
      fuzzRun('words on the command line', 1500),
    );
  }, 120_000);
});

describe('hostile values in the configuration', () => {
  function answerTo(text: string): void {
    const answer = readConfig({ env: {}, cwd: folder }, { kind: 'found', file: 'config.yaml', folder, text });
    if (answer.kind === 'loaded') {
      expect(Object.isFrozen(answer.config)).toBe(true);
      return;
    }
    expect(answer.faults.length).toBeGreaterThan(0);
    for (const fault of answer.faults) {
      expect(formatFault(fault)).not.toMatch(controlCharacters);
      expect(formatFault(fault).length).toBeLessThan(2000);
    }
  }

  it('get a configuration or faults that can be printed', () => {
    const entry = fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...keyPaths) }, nastyText), nastyJson);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const root: Record<string, unknown> = Object.create(null);
        for (const [path, value] of entries) {
          const names = path.replaceAll('[]', '').split('.');
          let at = root;
          for (const name of names.slice(0, -1)) {
            const next = at[name];
            const below = typeof next === 'object' && next !== null ? next : Object.create(null);
            at[name] = below;
            at = below as typeof root;
          }
          at[names.at(-1) ?? ''] = value;
        }
        answerTo(JSON.stringify(root));
      }),
      fuzzRun('values in the configuration', 1500),
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  }, 120_000);

  it('and so does any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(...keyPaths.map((path) => `${path.split('.').at(-1)}: `)),
      fc.constantFrom(
        '- ',
        '\n',
        '  ',
        '&a ',
        '*a',
        '<<: *a\n',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '|\n',
        '!!js/function ',
        '%YAML 1.1\n',
        '---\n',
        '\t',
        '# ',
      ),
      nastyText,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => answerTo(pieces.join(''))),
      fuzzRun('text of a configuration', 1000),
    );
  }, 120_000);
});
