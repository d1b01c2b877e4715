/** How many event streams may be open: each costs a connection and its share of every change. */

export interface EventPlaces {
  /** Takes a place. @returns what gives it back, or why there is none. */
  take(client: string): { readonly kind: 'taken'; readonly release: () => void } | { readonly kind: Refusal };
}

type Refusal = 'client-has-too-many' | 'all-are-taken';

export interface EventPlacesOptions {
  readonly mostInAll: number;
  /** The tabs of one browser share a stream, so that one client rarely needs more than a few. */
  readonly mostOfOne: number;
}

export function createEventPlaces({ mostInAll, mostOfOne }: EventPlacesOptions): EventPlaces {
  const taken = new Map<string, number>();
  let inAll = 0;
  return {
    take(client) {
      const own = taken.get(client) ?? 0;
      if (own >= mostOfOne) return { kind: 'client-has-too-many' };
      if (inAll >= mostInAll) return { kind: 'all-are-taken' };
      taken.set(client, own + 1);
      inAll += 1;
      let held = true;
      return {
        kind: 'taken',
        release() {
          if (!held) return;
          held = false;
          inAll -= 1;
          const left = (taken.get(client) ?? 1) - 1;
          if (left === 0) taken.delete(client);
          else taken.set(client, left);
        },
      };
    },
  };
}
