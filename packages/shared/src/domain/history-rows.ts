/** Reads the rows that `history.lua` writes. Pure; that file says how they are made. */
import { type ColumnKind, type HistoryColumn, type MinuteState, minuteStates } from './history.ts';

const kinds: Readonly<Record<ColumnKind, { readonly bytes: 1 | 2; readonly bits: number }>> = {
  p: { bytes: 1, bits: 8 },
  s: { bytes: 1, bits: 4 },
  n: { bytes: 2, bits: 11 },
};

/** Numbers of one column, one for each row; null where nothing is known. */
export interface ColumnRows extends HistoryColumn {
  readonly least: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly most: readonly (number | null)[];
}

export interface HistoryRows {
  /** Minutes of each row in each state; what they lack of the row's length is unknown. */
  readonly states: readonly Readonly<Record<Exclude<MinuteState, 'unknown'>, number>>[];
  readonly columns: readonly ColumnRows[];
}

/** `letter name` a line; a letter of a later version ends what can be read. */
export function readColumns(text: string): HistoryColumn[] {
  const columns: HistoryColumn[] = [];
  for (const line of text === '' ? [] : text.split('\n')) {
    const kind = line.slice(0, 1);
    if (kind !== 'p' && kind !== 's' && kind !== 'n')
      throw new Error(`a column of history has the unknown kind ${kind}`);
    columns.push({ kind, name: line.slice(2) });
  }
  return columns;
}

/** Rows of one minute each: of a column, least, mean and most are the same. */
export function readMinutes(bytes: Uint8Array, columns: readonly HistoryColumn[]): HistoryRows {
  const width = columns.reduce((sum, { kind }) => sum + kinds[kind].bytes, 1);
  const count = Math.floor(bytes.length / width);
  const states = Array.from({ length: count }, (_, row) => {
    const state = minuteStates[bytes[row * width] ?? 0] ?? 'unknown';
    return { ...noMinutes, ...(state === 'unknown' ? {} : { [state]: 1 }) };
  });
  let place = 1;
  const read = columns.map((column) => {
    const samples = numbersAt(bytes, column.kind, place, width, count);
    place += kinds[column.kind].bytes;
    return { ...column, least: samples, mean: samples, most: samples };
  });
  return { states, columns: read };
}

/** Longer rows, as minutes are rolled up into. */
export function readLongerRows(bytes: Uint8Array, columns: readonly HistoryColumn[]): HistoryRows {
  const head = 4;
  const width = columns.reduce((sum, { kind }) => sum + 3 * kinds[kind].bytes, head);
  const count = Math.floor(bytes.length / width);
  const states = Array.from({ length: count }, (_, row) => {
    const at = (place: number) => bytes[row * width + place] ?? 0;
    return { up: at(0), down: at(1), unwatched: at(2), stopped: at(3) };
  });
  let place = head;
  const read = columns.map((column) => {
    const [least, mean, most] = [0, 1, 2].map((nth) =>
      numbersAt(bytes, column.kind, place + nth * kinds[column.kind].bytes, width, count),
    ) as [Numbers, Numbers, Numbers];
    place += 3 * kinds[column.kind].bytes;
    return { ...column, least, mean, most };
  });
  return { states, columns: read };
}

const noMinutes = { up: 0, down: 0, unwatched: 0, stopped: 0 } as const;

type Numbers = (number | null)[];

function numbersAt(bytes: Uint8Array, kind: ColumnKind, place: number, width: number, count: number): Numbers {
  const size = kinds[kind].bytes;
  return Array.from({ length: count }, (_, row) => {
    const at = row * width + place;
    const first = bytes[at] ?? 0;
    return numberOf(kind, size === 1 ? first : first * 256 + (bytes[at + 1] ?? 0));
  });
}

/** A code's number; null for 0. */
function numberOf(kind: ColumnKind, code: number): number | null {
  if (code === 0) return null;
  const size = 2 ** kinds[kind].bits;
  const exponent = Math.floor((code - 1) / size);
  return exponent < 2 ? code - 1 : (code - 1 - (exponent - 1) * size) * 2 ** (exponent - 1);
}
