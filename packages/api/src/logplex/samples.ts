/** `sample#load_avg_1m=0.30 sample#memory_total=407.75MB …`: what dynos and databases say of themselves. */

const marker = 'sample#';
/** A database of a petabyte says less, in bytes. */
const most = 1e15;

/** Calls `each` with every sample of a text, its value as a number and its unit as it is written (`MB`, empty). */
export function eachSample(text: string, each: (name: string, number: number, unit: string) => void): void {
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at)) {
    const name = at + marker.length;
    const equals = text.indexOf('=', name);
    if (equals === -1) return;
    const space = text.indexOf(' ', equals);
    const end = space === -1 ? text.length : space;
    let unit = equals + 1;
    while (unit < end && isNumeral(text.charCodeAt(unit))) unit += 1;
    const number = unit === equals + 1 ? Number.NaN : Number(text.slice(equals + 1, unit));
    if (number >= 0 && number <= most) each(text.slice(name, equals), number, text.slice(unit, end));
    at = end;
  }
}

function isNumeral(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/** Heroku counts in powers of 1024. */
const megabytes: Readonly<Record<string, number>> = {
  '': 1 / 1024 ** 2,
  bytes: 1 / 1024 ** 2,
  kB: 1 / 1024,
  KB: 1 / 1024,
  MB: 1,
  GB: 1024,
};

/** An amount of memory or disk in MB; undefined: its unit is not one of these. */
export function inMegabytes(number: number, unit: string): number | undefined {
  const one = Object.hasOwn(megabytes, unit) ? megabytes[unit] : undefined;
  return one === undefined ? undefined : number * one;
}
