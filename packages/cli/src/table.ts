import type { Output } from './command.ts';

/** Text for terminals. What servers and receivers report is shown, so nothing in it may steer the terminal. */

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers stand at the right of their column. */
  readonly align?: 'right';
  /** Never cut: an id that a command is given. */
  readonly whole?: true;
  /** Left out where no row has a text for it. */
  readonly sparse?: true;
}

/** No column is cut below this, however narrow the terminal. */
const narrowest = 8;
const gap = '  ';

/**
 * A table of one line a row.
 * @param width of the terminal in columns: the widest columns are cut until the table fits. Null: nothing is cut.
 */
export function formatTable<Row>(all: readonly Column<Row>[], rows: readonly Row[], width: number | null): string {
  const columns = all.filter(({ sparse, text }) => sparse !== true || rows.some((row) => text(row) !== ''));
  const cells = rows.map((row) => columns.map(({ text }) => printable(text(row))));
  const titles = columns.map(({ title }) => title);
  const wanted = columns.map((_, index) => Math.max(...[titles, ...cells].map((line) => lengthOf(line[index] ?? ''))));
  const least = columns.map(({ whole }, index) => (whole === true ? (wanted[index] ?? 0) : narrowest));
  const widths = width === null ? wanted : fitted(wanted, least, width);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => padded(text, widths[index] ?? 0, columns[index]?.align))
      .join(gap)
      .trimEnd();
  return [titles, ...cells].map((texts) => `${line(texts)}\n`).join('');
}

/** `Name   value` lines; those without a value are left out. */
export function formatFacts(facts: readonly (readonly [name: string, value: string | null])[]): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const width = Math.max(0, ...known.map(([name]) => lengthOf(name)));
  return known.map(([name, value]) => `${padded(name, width, undefined)}${gap}${printable(value)}\n`).join('');
}

/** Control characters and those that turn the direction of text become visible; line ends become spaces. */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** In characters, not in UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}

function padded(text: string, width: number, align: 'right' | undefined): string {
  const length = lengthOf(text);
  if (length > width) return `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
  const blank = ' '.repeat(width - length);
  return align === 'right' ? blank + text : text + blank;
}

/** Takes from the widest column that can be cut, again and again, until all fit. */
function fitted(wanted: readonly number[], least: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const cuttable = (index: number) => (widths[index] ?? 0) > (least[index] ?? 0);
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1) - width;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths.filter((_, index) => cuttable(index)));
    const index = widths.findIndex((each, at) => each === widest && cuttable(at));
    if (index === -1) break;
    widths[index] = widest - 1;
  }
  return widths;
}

/** How wide a table may be: as the terminal; as wide as it wants where the output goes into a file or a pipe. */
export function terminalWidth(output: Output): number | null {
  return output.isTTY === true ? (output.columns ?? 80) : null;
}
