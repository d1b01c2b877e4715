import { describe, expect, it } from 'vitest';
import { formatBytes } from './bytes.ts';
import { type Column, formatFacts, formatTable, printable } from './table.ts';
import { ago } from './times.ts';

interface Row {
  readonly name: string;
  readonly note: string;
  readonly count: number;
}

const columns: Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'NOTE', text: ({ note }) => note },
  { title: 'COUNT', text: ({ count }) => String(count), align: 'right' },
];

const rows: Row[] = [
  { name: 'web-1', note: 'a note that takes very much room', count: 7 },
  { name: 'database-primary', note: '', count: 1234 },
];

describe('a table', () => {
  it('has columns as wide as their contents where nothing limits it', () => {
    expect(formatTable(columns, rows, null)).toBe(
      [
        'NAME              NOTE                              COUNT',
        'web-1             a note that takes very much room      7',
        'database-primary                                     1234',
        '',
      ].join('\n'),
    );
  });

  it('cuts its widest columns to the width of the terminal', () => {
    expect(formatTable(columns, rows, 40)).toBe(
      [
        'NAME             NOTE              COUNT',
        'web-1            a note that tak…      7',
        'database-prima…                     1234',
        '',
      ].join('\n'),
    );
  });

  it('never cuts an id, which a command is to be given', () => {
    const withId: Column<Row>[] = [...columns, { title: 'ID', text: ({ name }) => `id-of-${name}`, whole: true }];
    const table = formatTable(withId, rows, 50);
    expect(table).toContain('id-of-database-primary\n');
    expect(table).toContain('a note t…');
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(50);
  });

  it.each([200, 80, 57, 56, 40, 30])('fits %i columns', (width) => {
    for (const line of formatTable(columns, rows, width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('stays readable where even the narrowest columns do not fit', () => {
    expect(formatTable(columns, rows, 5)).toContain('web-1');
  });

  it('leaves a sparse column out where it would be empty', () => {
    const sparse = columns.map((column) => (column.title === 'NOTE' ? { ...column, sparse: true as const } : column));
    expect(formatTable(sparse, rows.slice(1), null)).toBe('NAME              COUNT\ndatabase-primary   1234\n');
    expect(formatTable(sparse, rows, null)).toBe(formatTable(columns, rows, null));
  });

  it('counts characters, not code units', () => {
    const emoji = formatTable(columns, [{ name: '🦊🦊', note: 'x', count: 1 }], null);
    expect(emoji.split('\n')[1]).toBe('🦊🦊    x         1');
  });

  it('lets nothing that a server reports steer the terminal', () => {
    const table = formatTable(columns, [{ name: '\u001b[2Jgone', note: 'two\nlines', count: 1 }], null);
    expect(table).not.toContain('\u001b');
    expect(table.split('\n')[1]).toBe('\\u{1b}[2Jgone  two lines      1');
  });
});

describe('facts', () => {
  it('stand below each other, without those that are unknown', () => {
    expect(
      formatFacts([
        ['Name', 'web-1'],
        ['Load', null],
        ['Last heartbeat', 'never'],
      ]),
    ).toBe('Name            web-1\nLast heartbeat  never\n');
  });
});

describe('printable text', () => {
  it.each([
    ['\u202egpj.exe', '\\u{202e}gpj.exe'],
    ['a\r\n\tb', 'a b'],
    ['ünïcode 🦊', 'ünïcode 🦊'],
    ['\u0000\u009b', '\\u{0}\\u{9b}'],
  ])('of %j is %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [4_294_967_296, '4.0 GiB'],
    [536_870_912_000, '500 GiB'],
    [2 ** 60, '1024 PiB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('relative times', () => {
  it.each([
    [1000, 61_000, '1 min ago'],
    [61_000, 1000, 'in 1 min'],
    [5, 5, '0 s ago'],
  ])('%i seen from %i is %s', (at, now, text) => {
    expect(ago(at, now)).toBe(text);
  });
});
