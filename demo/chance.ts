/** Chance that is the same for the same seed: a number from 0 to 1 for any name, without a state. */
export type Chance = (...what: readonly (string | number)[]) => number;

/** FNV-1a of what is asked for, and a mixing step (murmur3's), since FNV's low bits follow the last character. */
export function createChance(seed: string): Chance {
  return (...what) => {
    const text = `${seed} ${what.join(' ')}`;
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** A curve from 0 to 1 that wanders, with a turn about every `periodMs`. */
export function wandering(chance: Chance, name: string, at: number, periodMs: number): number {
  const turn = Math.floor(at / periodMs);
  const part = at / periodMs - turn;
  const smooth = part * part * (3 - 2 * part);
  return chance(name, turn) * (1 - smooth) + chance(name, turn + 1) * smooth;
}
