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
const around = 4;

export function rowWindow({ above, height, rowHeight, count }: Scrolled): RowWindow {
  if (rowHeight <= 0 || count === 0) return { first: 0, slots: 0 };
  const slots = Math.min(count, Math.ceil(height / rowHeight) + 2 * around + 1);
  const first = Math.floor(above / rowHeight) - around;
  return { first: Math.max(0, Math.min(first, count - slots)), slots };
}

/**
 * The slots in the order of their rows. Scrolling by one row takes the first slot to the end, so that the others stay
 * as they are; a jump leaves them all where they are, since each gets another row anyway.
 * @param before the order until now, which began with row `first`.
 */
export function slotsInOrder(
  { first, slots }: RowWindow,
  before: { readonly first: number; readonly order: readonly number[] },
): readonly number[] {
  const moved = first - before.first;
  if (before.order.length !== slots) return Array.from({ length: slots }, (_, slot) => slot);
  if (moved === 0 || Math.abs(moved) >= slots) return before.order;
  const cut = moved > 0 ? moved : slots + moved;
  return [...before.order.slice(cut), ...before.order.slice(0, cut)];
}
