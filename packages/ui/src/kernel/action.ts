/** One thing that somebody does: under way at most once at a time, and why it failed. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { ApiFault } from './api-request.ts';

export interface Action<Input> {
  readonly busy: Accessor<boolean>;
  /** Why the last try failed; gone with the next one. */
  readonly fault: Accessor<ApiFault | undefined>;
  /** Does nothing while one is under way. */
  run(input: Input): void;
  /** What failed is being put right. */
  dismiss(): void;
}

/**
 * @param act throws `ApiFault`.
 * @param done is called when it worked, unless the owner is gone by then: nobody waits for it any more.
 */
export function createAction<Input, Result>(
  act: (input: Input) => Promise<Result>,
  done: (result: Result, input: Input) => void,
): Action<Input> {
  const [busy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal<ApiFault>();
  let gone = false;
  onCleanup(() => {
    gone = true;
  });

  async function run(input: Input): Promise<void> {
    if (busy()) return;
    setBusy(true);
    setFault(undefined);
    try {
      const result = await act(input);
      if (!gone) done(result, input);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { busy, fault, run: (input) => void run(input), dismiss: () => setFault(undefined) };
}
