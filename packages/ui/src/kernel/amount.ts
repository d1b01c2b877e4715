/** Numbers as people read them. */

const grouped = new Intl.NumberFormat('en');

/** "1 server", "2,000 servers". */
export function counted(count: number, noun: string): string {
  return `${grouped.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** "2,000". */
export function number(count: number): string {
  return grouped.format(count);
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Three figures at most: "512 B", "7.9 GiB", "120 GiB". */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** How full, in whole percent, rounded up as `df` does; null when the total is not known. */
export function percentOf(used: number, total: number): number | null {
  return total > 0 ? Math.min(100, Math.ceil((used / total) * 100)) : null;
}
