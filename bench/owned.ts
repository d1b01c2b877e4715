/** What this process has started and must end, also when it is told to stop in the middle. */
interface Owned {
  close(): Promise<void>;
}

const owned = new Set<Owned>();

/** Notes it for `closeOwned`; whoever started it still closes it when it is done. */
export function own<T extends Owned>(thing: T): T {
  owned.add(thing);
  return thing;
}

export async function closeOwned(): Promise<void> {
  await Promise.all([...owned].map((thing) => thing.close()));
}
