/**
 * YAML text as a tree that remembers its lines. Scalars stay the text that was written: what `yes` or
 * `0123` means is decided by the key they stand at, not by YAML, whose versions disagree about both.
 */
import { type ErrorCode, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from './fault.ts';

/** Null is an empty value, `~` or `null`. Mappings have no prototype, so any key is just a key. */
export type Tree = string | null | readonly Tree[] | Mapping;
export interface Mapping {
  readonly [key: string]: Tree;
}

export interface DocumentFault {
  readonly path: Path;
  readonly line: number | null;
  readonly message: string;
}

export interface ConfigDocument {
  readonly root: Mapping;
  /** False when the text is no YAML: then `root` is empty, since a guess at what was meant misleads. */
  readonly sound: boolean;
  readonly faults: readonly DocumentFault[];
  /** The line of the key or list item at `path`, or of the nearest thing around it that has one. */
  lineOf(path: Path): number | null;
}

/** No configuration is nested deeper; keeps every later walk far from the stack's end. */
const deepest = 50;

/**
 * The parser's messages quote the text, which may be a secret (`api_key: *foo`, `redis_password: @foo`);
 * these do not, and say what would be right.
 */
const syntaxMessages: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) can have no anchor or tag: put a text that begins with * into quotes',
  BAD_ALIAS: 'an anchor or alias has no proper name: put a text that begins with & or * into quotes',
  BAD_DIRECTIVE: 'a line that begins with % is a YAML directive, which is not read here',
  BAD_DQ_ESCAPE: 'inside double quotes a \\ begins an escape: double it, or use single quotes',
  BAD_INDENT: 'the indentation does not fit, or a [ or { is not closed',
  BAD_SCALAR_START: 'a text that begins with @, %, ` or another character of YAML must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second key on one line: put a text that contains ": " into quotes',
  BLOCK_IN_FLOW: 'indented lists and mappings cannot stand inside [ ] or { }',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, bracket, comma, colon or "- " is missing',
  MULTILINE_IMPLICIT_KEY: 'no key can be read here: a space may be missing after a colon, or a quote',
  MULTIPLE_DOCS: 'a second document begins here: a configuration is one document, without a --- inside',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab stands in the indentation: use spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) are not read here: put a text that begins with ! into quotes',
  BAD_COLLECTION_TYPE: 'tags (!name) are not read here: put a text that begins with ! into quotes',
  UNEXPECTED_TOKEN: 'something stands here where nothing can: put a text that contains [ ] { } , " or \' into quotes',
};

/** Reads one YAML document. Never throws: whatever is wrong is a fault. */
export function readDocument(text: string): ConfigDocument {
  const lineCounter = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  try {
    // Without YAML's own check for repeated keys, which takes quadratic time; it is made below.
    document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, lineCounter });
  } catch {
    return unsound([{ path: [], line: null, message: 'the file cannot be read as YAML' }]);
  }
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) {
    const byLine = new Map<number, DocumentFault>();
    for (const { code, pos } of wrong) {
      const line = Math.max(1, lineCounter.linePos(pos[0]).line);
      const message = `no valid YAML: ${syntaxMessages[code] ?? 'the text cannot be read from here'}`;
      // One fault a line: the parser's next ones mostly follow from the first.
      if (!byLine.has(line)) byLine.set(line, { path: [], line, message });
    }
    return unsound([...byLine.values()]);
  }
  return treeOf(document.contents, (offset) => lineCounter.linePos(offset).line);
}

function unsound(faults: readonly DocumentFault[]): ConfigDocument {
  return { root: emptyMapping, sound: false, faults, lineOf: () => null };
}

/** What a missing file or an empty one says. */
export const emptyMapping: Mapping = Object.freeze(Object.create(null));

function treeOf(contents: Node | null, lineAt: (offset: number) => number): ConfigDocument {
  const faults: DocumentFault[] = [];
  const lines = new WeakMap<object, Map<string | number, number>>();
  // An alias gives the very value of its anchor, not a copy, so aliases of aliases cost nothing.
  const anchors = new Map<string, Tree>();

  function lineOfNode(node: Node): number | null {
    return node.range ? lineAt(node.range[0]) : null;
  }

  function convert(node: unknown, path: Path): Tree {
    if (isAlias(node)) {
      const value = anchors.get(node.source);
      if (value !== undefined) return value;
      const message = 'an alias (*name) names no anchor above it: put a text that begins with * into quotes';
      faults.push({ path, line: lineOfNode(node), message });
      return null;
    }
    const value = convertPlain(node, path);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    // Set only now: an alias inside its own anchor finds nothing, so the tree has no loops.
    if (anchor !== undefined) anchors.set(anchor, value);
    return value;
  }

  function convertPlain(node: unknown, path: Path): Tree {
    if (isScalar(node)) {
      const text = node.source ?? '';
      return node.type === 'PLAIN' && /^(?:~|null|Null|NULL|)$/.test(text) ? null : text;
    }
    if (path.length >= deepest && (isMap(node) || isSeq(node))) {
      faults.push({ path: path.slice(0, 1), line: lineOfNode(node), message: 'is nested too deeply' });
      return null;
    }
    if (isSeq(node)) {
      const list: Tree[] = [];
      const itemLines = new Map<number, number>();
      for (const [index, item] of node.items.entries()) {
        const line = lineOfNode(item as Node);
        if (line !== null) itemLines.set(index, line);
        list.push(convert(item, [...path, index]));
      }
      lines.set(list, itemLines);
      return list;
    }
    if (isMap(node)) {
      const mapping: Record<string, Tree> = Object.create(null);
      const keyLines = new Map<string, number>();
      lines.set(mapping, keyLines);
      for (const pair of node.items) {
        const key = pair.key;
        if (!isScalar(key) || (key.source ?? '') === '') {
          const line = lineOfNode((key ?? node) as Node);
          faults.push({ path, line, message: 'every key must be a plain text before a colon' });
          continue;
        }
        const name = key.source ?? '';
        const line = lineOfNode(key);
        if (name in mapping) {
          const first = keyLines.get(name) ?? '?';
          faults.push({ path: [...path, name], line, message: `is given twice, first in line ${first}: keep one` });
          continue;
        }
        if (line !== null) keyLines.set(name, line);
        mapping[name] = convert(pair.value, [...path, name]);
      }
      return mapping;
    }
    return null;
  }

  const converted = convert(contents, []);
  let root = emptyMapping;
  if (isMapping(converted)) {
    root = converted;
  } else if (converted !== null) {
    faults.push({
      path: [],
      line: 1,
      message: 'the file must hold keys and their values, as in "redis: localhost:6379"',
    });
  }
  return {
    root,
    sound: true,
    faults,
    lineOf(path) {
      let line: number | null = null;
      let tree: Tree | undefined = root;
      for (const part of path) {
        if (typeof tree !== 'object' || tree === null) break;
        const found: number | undefined = lines.get(tree)?.get(part);
        if (found === undefined) break;
        line = found;
        tree = (tree as Record<string | number, Tree>)[part];
      }
      return line;
    },
  };
}

export function isMapping(tree: unknown): tree is Mapping {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}
