import { describe, expect, it } from 'vitest';
import { readDocument } from './document.ts';
import { formatPath } from './fault.ts';

/** `key: message` of each fault, with its line. */
function faultsIn(text: string): string[] {
  return readDocument(text).faults.map(({ path, line, message }) => `${line} ${formatPath(path)}: ${message}`);
}

describe('a document', () => {
  it('keeps every scalar as the text that was written', () => {
    const { root, faults } = readDocument(
      [
        'a: yes',
        'b: 0123',
        'c: 1_000',
        "d: '~'",
        'e: 1e3',
        'f: 2026-01-01',
        'g: "x\\ty"',
        'h: !!str no',
        'i: a#b',
      ].join('\n'),
    );
    expect(faults).toEqual([]);
    expect({ ...root }).toEqual({
      a: 'yes',
      b: '0123',
      c: '1_000',
      d: '~',
      e: '1e3',
      f: '2026-01-01',
      g: 'x\ty',
      h: 'no',
      i: 'a#b',
    });
  });

  it.each(['', '# only a comment\n', '---\n', '~', 'null', '\ufeff', '--- \n...\n'])('%j says nothing', (text) => {
    const document = readDocument(text);
    expect(Object.keys(document.root)).toEqual([]);
    expect(document.faults).toEqual([]);
    expect(document.sound).toBe(true);
  });

  it.each(['a:', 'a: ~', 'a: null', 'a: Null', 'a: NULL', '{a}', '? a'])('%j gives a key without a value', (text) => {
    expect({ ...readDocument(text).root }).toEqual({ a: null });
  });

  it('knows the line of every key and item', () => {
    const { lineOf } = readDocument('# head\na: 1\nb:\n  - x\n  - c: 1\n    d:\n      2\n\r\ne: {f: 1,\n g: 2}\n');
    expect(lineOf(['a'])).toBe(2);
    expect(lineOf(['b'])).toBe(3);
    expect(lineOf(['b', 0])).toBe(4);
    expect(lineOf(['b', 1])).toBe(5);
    expect(lineOf(['b', 1, 'd'])).toBe(6);
    expect(lineOf(['e', 'f'])).toBe(9);
    expect(lineOf(['e', 'g'])).toBe(10);
    expect(lineOf(['b', 1, 'nothing', 'there'])).toBe(5);
    expect(lineOf(['nothing'])).toBeNull();
    expect(lineOf(['__proto__', 'constructor'])).toBeNull();
  });

  it('takes keys of every object as plain keys', () => {
    const { root } = readDocument('__proto__: {polluted: x}\nconstructor: 1\ntoString: 2');
    expect(Object.keys(root)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(root)).toBeNull();
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('resolves aliases to what stands above them', () => {
    const { root, faults, lineOf } = readDocument('a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x');
    expect(faults).toEqual([]);
    expect({ ...root }).toEqual({ a: ['1', '2'], b: ['1', '2'], c: '3', d: '3' });
    expect(lineOf(['b'])).toBe(2);
  });

  it('does not unfold aliases of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 40; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const started = performance.now();
    expect(readDocument(lines.join('\n')).faults).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each<[string, string, string]>([
    ['a repeated key', 'a: 1\nb: 2\na: 3', '3 a: is given twice, first in line 1: keep one'],
    ['a repeated key inside', 'a:\n  b: 1\n  b: 1', '3 a.b: is given twice, first in line 2: keep one'],
    ['a list as the whole', '- a\n- b', '1 : the file must hold keys and their values, as in "redis: localhost:6379"'],
    ['a text as the whole', 'hello', '1 : the file must hold keys and their values, as in "redis: localhost:6379"'],
    ['a list as a key', 'x: 1\n? [a]\n: b', '2 : every key must be a plain text before a colon'],
    ['no key', ': b', '1 : every key must be a plain text before a colon'],
    ['an alias as a key', 'a: &x b\n*x : c', '2 : every key must be a plain text before a colon'],
    [
      'an alias to nothing',
      'a: 1\nb: *hunter2',
      '2 b: an alias (*name) names no anchor above it: put a text that begins with * into quotes',
    ],
    [
      'an alias to what it is inside of',
      'a: &x [*x]',
      '1 a[0]: an alias (*name) names no anchor above it: put a text that begins with * into quotes',
    ],
    ['deep nesting', `a: ${'['.repeat(60)}${']'.repeat(60)}`, '1 a: is nested too deeply'],
  ])('tells of %s', (_what, text, fault) => {
    expect(faultsIn(text)).toEqual([fault]);
  });

  it.each<[string, string, string]>([
    ['an open quote', 'a: 1\nb: "x', '2 : no valid YAML: a quote, bracket, comma, colon or "- " is missing'],
    ['an open bracket', 'a: [1, 2', '1 : no valid YAML: the indentation does not fit, or a [ or { is not closed'],
    ['a tab', 'a:\n\tb: 1', '2 : no valid YAML: a tab stands in the indentation: use spaces'],
    [
      'two keys on a line',
      'a: b: c',
      '1 : no valid YAML: a second key on one line: put a text that contains ": " into quotes',
    ],
    [
      'a missing space',
      'a:1\nb: 2',
      '1 : no valid YAML: no key can be read here: a space may be missing after a colon, or a quote',
    ],
    [
      'an address in bare brackets',
      'api_listen: [::1]:8000',
      '1 : no valid YAML: something stands here where nothing can: put a text that contains [ ] { } , " or \' into quotes',
    ],
    [
      'a reserved character',
      'a: @hunter2',
      '1 : no valid YAML: a text that begins with @, %, ` or another character of YAML must stand in quotes',
    ],
    [
      'a tag',
      'a: !hunter2',
      '1 : no valid YAML: tags (!name) are not read here: put a text that begins with ! into quotes',
    ],
    [
      'a type',
      'a: !!int 3',
      '1 : no valid YAML: tags (!name) are not read here: put a text that begins with ! into quotes',
    ],
    [
      'an escape',
      'a: "\\hunter2"',
      '1 : no valid YAML: inside double quotes a \\ begins an escape: double it, or use single quotes',
    ],
    [
      'a directive',
      '%HUNTER2\n---\na: 1',
      '1 : no valid YAML: a line that begins with % is a YAML directive, which is not read here',
    ],
    [
      'a second document',
      'a: 1\n---\nb: 2',
      '2 : no valid YAML: a second document begins here: a configuration is one document, without a --- inside',
    ],
  ])('that is no YAML because of %s says where and how to mend it', (_what, text, fault) => {
    expect(faultsIn(text)).toEqual([fault]);
    const document = readDocument(text);
    expect(document.sound).toBe(false);
    expect(Object.keys(document.root)).toEqual([]);
  });

  it('tells of every line that is no YAML, once', () => {
    expect(faultsIn('a: "\\x"\nb: @1\nc: - d\n').map((fault) => fault.split(' ')[0])).toEqual(['1', '2', '3']);
  });

  it.each([1000, 20_000])('says of %d brackets that they are too many', (count) => {
    expect(faultsIn('['.repeat(count)).join()).toContain('nested too deeply');
  });
});
