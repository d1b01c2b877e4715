/** Which rows of a long table stand on the page: those in sight and some around, in slots that are used again. */

export interface Scrolled {
  /** How far the table's first row is above the top of the screen, px; negative while it is below. */
  readonly above: number;
  /** The screen's, px. */
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}

export interface RowWindow {
  /** The first row that stands on the page. */
  readonly first: number;
  /** How many do. */
  readonly slots: number;
}

/** Rows above and below the screen, so that what scrolls into sight is there already, and Tab finds the next one. */
const around = 6;

export function rowWindow({ above, height, rowHeight, count }: Scrolled): RowWindow {
  if (rowHeight <= 0 || count === 0) return { first: 0, slots: 0 };
  const slots = Math.min(count, Math.ceil(height / rowHeight) + 2 * around + 1);
  const first = Math.floor(above / rowHeight) - around;
  return { first: Math.max(0, Math.min(first, count - slots)), slots };
}

/** The row in a slot: of every `slots` neighbouring rows each slot has one, so that scrolling by one row changes one slot. */
export function rowOfSlot(slot: number, { first, slots }: RowWindow): number {
  return first + ((((slot - first) % slots) + slots) % slots);
}

/** The slots in the order of their rows. */
export function slotsInOrder(window: RowWindow): number[] {
  return Array.from({ length: window.slots }, (_, at) => (window.first + at) % window.slots);
}
