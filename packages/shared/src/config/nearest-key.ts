import { editDistance } from '../domain/edit-distance.ts';

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
