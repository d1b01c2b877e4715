/**
 * What somebody probably meant by an unknown key: the nearest key of the same section, or the same key in
 * another section (`interval` for `agent.interval`). Undefined when nothing is near.
 * @param known whole paths of all keys, `agent.interval`. @param section its path, empty for the top level.
 */
export function nearestKey(unknown: string, section: string, known: readonly string[]): string | undefined {
  // A typing error leaves the length about as it was; and the distance below is quadratic in it.
  if (unknown.length > 64) return undefined;
  const wanted = comparable(unknown);
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const path of known) {
    const dot = path.lastIndexOf('.');
    const name = path.slice(dot + 1);
    const inSection = path.slice(0, Math.max(0, dot)) === section;
    const candidate = comparable(name);
    // In other sections only the very name counts.
    const allowed = inSection ? Math.max(1, Math.floor(name.length / 3)) : 0;
    if (Math.abs(candidate.length - wanted.length) > allowed) continue;
    const distance = candidate === wanted ? 0 : editDistance(wanted, candidate);
    if (distance > allowed || distance >= nearestDistance) continue;
    nearest = path;
    nearestDistance = distance;
  }
  return nearest;
}

/** `apiListen`, `API-Listen` and `api_listen` are one name to people. */
function comparable(key: string): string {
  return key.toLowerCase().replace(/[-_\s]/g, '');
}

/** Letters to insert, remove, change or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
