/** A receiver and the other side that it talks to, for the tests that are asked of every receiver. */
import type { Receiver } from '../../ports.ts';

/**
 * How the other side is disposed. `later` and `never` answer with `words`, `wait` asks to wait for 7 s as well;
 * `token` refuses the sign-in; `some` refuses one of the recipients and takes the message for the others.
 */
export type Mood = 'accepts' | 'slow' | 'later' | 'wait' | 'never' | 'token' | 'some' | 'breaks' | 'hangs';
export const words = 'the other side explains itself';

export interface Rig {
  readonly receiver: Receiver;
  /** What the other side can be. */
  readonly knows: readonly Mood[];
  become(mood: Mood): void;
  /** The texts that the other side has taken, in order: one for each message. */
  taken(): readonly string[];
  /** How often it was asked. */
  asked(): number;
  /** What must stand in no error. */
  readonly secret: string | null;
  close(): Promise<void>;
}

export const never = new Promise<never>(() => {});
export const soon = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 300));
