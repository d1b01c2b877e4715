/** Durations as people write and read them. */

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const written = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

/**
 * Reads `500ms`, `90s`, `5m`, `2h`, `7d`, or a plain number, which is seconds (fractions allowed).
 * @returns whole milliseconds, or undefined when it is no duration (nor a negative or endless one).
 */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === 'number') return wholeMs(value * unitMs.s);
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return wholeMs(Number(text) * unitMs.s);
  const match = written.exec(text);
  if (match === null) return undefined;
  const [, amount, unit] = match as unknown as [string, string, keyof typeof unitMs];
  return wholeMs(Number(amount) * unitMs[unit]);
}

/** Undefined when it is negative, or so large that sums with it lose milliseconds. */
function wholeMs(ms: number): number | undefined {
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) && rounded >= 0 && ms >= 0 ? rounded : undefined;
}

/** The two largest parts, for people: `45 s`, `5 min`, `5 min 10 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
