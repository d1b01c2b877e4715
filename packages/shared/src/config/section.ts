import { resolve } from 'node:path';
import type * as z from 'zod';
import { type ConfigDocument, isMapping, type Tree } from './document.ts';
import type { Override } from './environment.ts';
import type { Path } from './fault.ts';
import { readSecretFile } from './file.ts';
import { Secret } from './secret.ts';

/** What the sections of one configuration are read from, and where their faults go. */
export interface Reading {
  readonly document: ConfigDocument;
  readonly env: NodeJS.ProcessEnv;
  readonly overrides: ReadonlyMap<string, Override>;
  /** What relative paths of files are relative to. */
  readonly folder: string;
  /** A value that cannot be understood. */
  fault(path: Path, message: string): void;
  /** An environment variable that is only a part of a key. */
  variableFault(variable: string, message: string): void;
  /** Values that are sound each but not together; of no interest while the file itself cannot be read. */
  contradiction(path: Path, message: string): void;
  warn(path: Path, message: string): void;
}

export type Keys = Readonly<Record<string, z.ZodType>>;

/** The names of those keys that have a `_file` twin. */
type SecretName<K extends Keys> = {
  [Name in keyof K & string]: `${Name}_file` extends keyof K ? Name : never;
}[keyof K & string];

/**
 * One mapping of the configuration, its values parsed. Every value is parsed by itself, so that a fault in
 * one hides none in another. A key without a value (nothing, `~` or an empty text) counts as not given.
 */
export interface Section<K extends Keys> {
  /** Undefined when the key is not given, or its value is at fault. */
  value<Name extends keyof K & string>(name: Name): z.output<K[Name]> | undefined;
  /** Whether a value is written, sound or not. */
  given(name: keyof K & string): boolean;
  /** A secret from its key or from the file that its `_file` twin names; null when neither gives one. */
  secret(name: SecretName<K>): Secret | null;
  contradiction(name: keyof K & string, message: string): void;
  warn(name: keyof K & string, message: string): void;
}

/** Parses `keys` of the mapping at `path`, the environment's overrides included; faults go to `reading`. */
export function openSection<K extends Keys>(reading: Reading, path: Path, keys: K): Section<K> {
  const mapping = treeAt(reading.document.root, path);
  const values = new Map<string, unknown>();
  const given = new Set<string>();

  function raw(name: string): Tree | undefined {
    const key = [...path, name].join('.');
    if (isOverridden(reading, key)) return reading.overrides.get(key)?.value;
    return isMapping(mapping) ? mapping[name] : undefined;
  }

  for (const [name, schema] of Object.entries(keys)) {
    const tree = raw(name);
    if (isBlank(tree)) continue;
    given.add(name);
    const result = schema.safeParse(tree);
    if (result.success) values.set(name, result.data);
    for (const issue of result.error?.issues ?? []) {
      reading.fault([...path, name, ...(issue.path as Path)], issue.message);
    }
  }

  return {
    value: (name) => values.get(name) as z.output<K[typeof name]> | undefined,
    given: (name) => given.has(name),
    secret(name) {
      return secretOf(reading, [...path, name], {
        text: values.get(name) as Secret | undefined,
        textGiven: given.has(name),
        file: values.get(`${name}_file`) as string | undefined,
        fileGiven: given.has(`${name}_file`),
      });
    },
    contradiction: (name, message) => reading.contradiction([...path, name], message),
    warn: (name, message) => reading.warn([...path, name], message),
  };
}

/** An override of a secret takes the place of its `_file` twin too. */
function isOverridden(reading: Reading, key: string): boolean {
  return reading.overrides.has(key) || reading.overrides.has(key.replace(/_file$/, ''));
}

export function isBlank(tree: unknown): tree is null | undefined | '' {
  return tree === undefined || tree === null || (typeof tree === 'string' && tree.trim() === '');
}

export function treeAt(root: Tree, path: Path): Tree | undefined {
  let tree: Tree | undefined = root;
  for (const part of path) {
    if (typeof part === 'number') tree = Array.isArray(tree) ? tree[part] : undefined;
    else tree = isMapping(tree) ? tree[part] : undefined;
  }
  return tree;
}

/** A secret as its two keys say it. @param path of the key that holds the text. */
export function secretOf(
  reading: Reading,
  path: Path,
  said: {
    readonly text: Secret | undefined;
    readonly textGiven: boolean;
    readonly file: string | undefined;
    readonly fileGiven: boolean;
  },
): Secret | null {
  const name = String(path.at(-1));
  const filePath = [...path.slice(0, -1), `${name}_file`];
  if (said.textGiven && said.fileGiven) {
    reading.contradiction(filePath, `give ${name} or ${name}_file, not both`);
    return null;
  }
  if (said.file === undefined) return said.text ?? null;
  const file = resolve(reading.folder, said.file);
  const read = readSecretFile(file);
  if (read.kind === 'read') return new Secret(read.text);
  reading.fault(filePath, `${file} ${read.message}`);
  return null;
}
