/** An invented server with its fate: what it does and says at any moment. */
import { createChance } from './chance.ts';
import { type Facts, factsAt } from './facts.ts';
import { type Fate, inventFates } from './fate.ts';
import { type InventedServer, inventFleet } from './fleet.ts';

export interface Actor {
  readonly server: InventedServer;
  readonly fate: Fate;
  /** @param at ms since the demonstration began. @param clock the same moment, ms since 1970. */
  factsAt(at: number, clock: number): Facts;
}

/** The same fleet, past and future for the same seed. */
export function inventActors(seed: string, count: number): Actor[] {
  const chance = createChance(seed);
  const fates = inventFates(chance, count);
  return inventFleet(chance, count).map((server, index) => {
    const fate = fates[index] as Fate;
    return { server, fate, factsAt: (at, clock) => factsAt(server, fate, chance, at, clock) };
  });
}
