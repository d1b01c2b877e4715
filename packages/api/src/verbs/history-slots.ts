/** From rows as they are kept to equal slots of a range, the last of which holds the present. Pure. */

import type { StateMinutes } from '@healthapp/shared/domain/history';
import type { ColumnRows } from '@healthapp/shared/domain/history-rows';
import type { ReadHistory } from '@healthapp/shared/redis/history';

const minuteMs = 60_000;

export interface SlotColumn {
  readonly name: string;
  readonly least: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly most: readonly (number | null)[];
}

export interface HistorySlots {
  /** When the first slot begins, ms since 1970. */
  readonly from: number;
  readonly states: readonly StateMinutes[];
  /** Without those of which nothing is known in the range. */
  readonly columns: readonly SlotColumn[];
}

/**
 * @param read rows that are no longer than a slot; null: nothing is kept.
 * @param now ms since 1970: where the last slot has come to.
 */
export function inSlots(read: ReadHistory | null, slotMs: number, count: number, now: number): HistorySlots {
  const last = Math.floor(now / slotMs);
  const first = last - count + 1;
  const slotOf = (row: number) => Math.floor(((read?.from ?? 0) + row * (read?.rowMs ?? 0)) / slotMs) - first;
  const states = Array.from({ length: count }, () => ({ up: 0, down: 0, unwatched: 0, stopped: 0, unknown: 0 }));
  read?.states.forEach((row, index) => {
    const state = states[slotOf(index)];
    if (state === undefined) return;
    state.up += row.up;
    state.down += row.down;
    state.unwatched += row.unwatched;
    state.stopped += row.stopped;
  });
  states.forEach((state, slot) => {
    const passed = slot < count - 1 ? slotMs / minuteMs : Math.floor((now - last * slotMs) / minuteMs) + 1;
    state.unknown = Math.max(0, passed - state.up - state.down - state.unwatched - state.stopped);
  });
  const columns = (read?.columns ?? []).map((column) => columnInSlots(column, count, slotOf));
  return { from: first * slotMs, states, columns: columns.filter(({ mean }) => mean.some((one) => one !== null)) };
}

function columnInSlots(column: ColumnRows, count: number, slotOf: (row: number) => number): SlotColumn {
  const gathered = Array.from({ length: count }, () => ({ least: Infinity, most: -Infinity, sum: 0, count: 0 }));
  column.mean.forEach((mean, row) => {
    const slot = gathered[slotOf(row)];
    if (slot === undefined || mean === null) return;
    slot.least = Math.min(slot.least, column.least[row] ?? mean);
    slot.most = Math.max(slot.most, column.most[row] ?? mean);
    slot.sum += mean;
    slot.count += 1;
  });
  return {
    name: column.name,
    least: gathered.map((slot) => (slot.count === 0 ? null : slot.least)),
    mean: gathered.map((slot) => (slot.count === 0 ? null : slot.sum / slot.count)),
    most: gathered.map((slot) => (slot.count === 0 ? null : slot.most)),
  };
}

export function totalsOf({ states }: HistorySlots): StateMinutes {
  const total = { up: 0, down: 0, unwatched: 0, stopped: 0, unknown: 0 };
  for (const state of states) {
    total.up += state.up;
    total.down += state.down;
    total.unwatched += state.unwatched;
    total.stopped += state.stopped;
    total.unknown += state.unknown;
  }
  return total;
}

/** What a server said last stands for each slot in which it was up until it says something else. */
export function heldWhileUp(numbers: readonly (number | null)[], states: readonly StateMinutes[]): (number | null)[] {
  let held: number | null = null;
  return numbers.map((number, slot) => {
    if ((states[slot]?.up ?? 0) === 0) held = null;
    else held = number ?? held;
    return held;
  });
}

/** A slot's letter in a bar: what went wrong in it stands before what went well. */
export function barLetter({ up, down, unwatched, stopped }: StateMinutes): string {
  if (down > 0) return up > 0 ? 'p' : 'd';
  if (up > 0) return 'u';
  if (unwatched > 0) return 'b';
  return stopped > 0 ? 's' : '-';
}
