/** One look at something, and what it found. */
import { monotonicMs } from '../../monotonic-clock.ts';

/** `latencyMs` where something answered. `message` is for people and holds no secret. */
export type Finding =
  | { readonly kind: 'well'; readonly latencyMs: number; readonly message: string }
  | { readonly kind: 'unwell'; readonly latencyMs: number | null; readonly message: string };

export interface Probe {
  /**
   * Looks once. @param signal ends it; what it throws then is of no interest.
   * @throws what Node or the other side's client say, which `failureWords` reads.
   */
  look(signal: AbortSignal): Promise<Finding>;
  close(): Promise<void>;
}

export function well(latencyMs: number, message: string): Finding {
  return { kind: 'well', latencyMs, message };
}

export function unwell(latencyMs: number | null, message: string): Finding {
  return { kind: 'unwell', latencyMs, message };
}

/** ms that have passed since `begun`, of the monotonic clock. */
export function since(begun: number): number {
  return Math.round((monotonicMs() - begun) * 10) / 10;
}
