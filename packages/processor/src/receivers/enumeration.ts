/** Numbers and lists as they stand in a sentence. */

const grouped = new Intl.NumberFormat('en');

/** `2,950` */
export function counted(count: number): string {
  return grouped.format(count);
}

/** `a`, `a and b`, `a, b and c`; with more than `most`: `a, b, c and 27 more`. */
export function enumerated(items: readonly string[], most = items.length): string {
  const rest = items.length - most;
  const told = rest > 0 ? [...items.slice(0, most), `${counted(rest)} more`] : items;
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}
