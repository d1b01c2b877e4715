import * as z from 'zod';
import type { Config } from '../config.ts';
import { isMapping } from '../document.ts';
import type { Path } from '../fault.ts';
import type { Secret } from '../secret.ts';
import { isBlank, openSection, type Reading, secretOf } from '../section.ts';
import { list, secretText, text } from './value.ts';

/** A key set's id stands in the `keyid` of signatures, between semicolons. */
export const keySetId = text.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _');

const keySetForm = 'each key must have an id and a secret (or secret_file) below it, and nothing else';

function optional<Value extends z.ZodType>(value: Value) {
  return z.preprocess((tree) => (isBlank(tree) ? undefined : tree), value.optional());
}

const keySet = z.custom(isMapping, keySetForm).pipe(
  z.strictObject(
    {
      id: z.preprocess((tree) => (isBlank(tree) ? undefined : tree), z.string('give an id').pipe(keySetId)),
      secret: optional(secretText),
      secret_file: optional(text),
    },
    // Not the names of unknown keys: `- foo: bar` may well be an attempt to write a secret.
    { error: keySetForm },
  ),
);

type KeySet = z.output<typeof keySet>;

/** One text, or a list of key sets; each is told the faults of what it was meant to be. */
const apiKey = z.unknown().transform((tree, context): Secret | KeySet[] => {
  const result = (Array.isArray(tree) ? list(keySet) : secretText).safeParse(tree);
  for (const { path, message } of result.error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  for (const index of Array.isArray(tree) ? repeatedIds(tree) : []) {
    context.addIssue({ code: 'custom', path: [index, 'id'], message: 'another key has this id: ids must differ' });
  }
  return result.success ? result.data : z.NEVER;
});

export const apiKeyKeys = { api_key: apiKey, api_key_file: text };

/** A shorter key can be found by trying, from one heartbeat seen on the network. */
const shortestGoodKey = 16;
const sampleKey = /^change-me/;

export function readApiKeys(reading: Reading): Config['apiKeys'] {
  const section = openSection(reading, [], apiKeyKeys);
  const value = section.value('api_key');
  if (!Array.isArray(value)) {
    const secret = section.secret('api_key');
    if (secret === null) return [];
    warnOfWeakKey(reading, [section.given('api_key_file') ? 'api_key_file' : 'api_key'], secret);
    return [{ id: null, secret }];
  }
  if (section.given('api_key_file')) section.contradiction('api_key_file', 'give api_key or api_key_file, not both');
  const keys: { id: string; secret: Secret }[] = [];
  for (const [index, set] of value.entries()) {
    const path = ['api_key', index, 'secret'];
    const textGiven = set.secret !== undefined;
    const fileGiven = set.secret_file !== undefined;
    const secret = secretOf(reading, path, { text: set.secret, textGiven, file: set.secret_file, fileGiven });
    if (!textGiven && !fileGiven) reading.fault(['api_key', index], 'give secret or secret_file');
    if (secret === null) continue;
    warnOfWeakKey(reading, path, secret);
    keys.push({ id: set.id, secret });
  }
  return keys;
}

function warnOfWeakKey(reading: Reading, path: Path, secret: Secret): void {
  const remedy = 'make one with "openssl rand -hex 32"';
  if (sampleKey.test(secret.reveal())) {
    reading.warn(path, `is the key of the sample, which everybody knows: ${remedy}`);
  } else if (secret.reveal().length < shortestGoodKey) {
    reading.warn(path, `is shorter than ${shortestGoodKey} characters, so it can be guessed: ${remedy}`);
  }
}

function repeatedIds(sets: readonly unknown[]): number[] {
  const seen = new Set<unknown>();
  return sets.flatMap((set, index) => {
    const id = isMapping(set) && !isBlank(set.id) ? set.id : undefined;
    if (id === undefined) return [];
    if (seen.has(id)) return [index];
    seen.add(id);
    return [];
  });
}
