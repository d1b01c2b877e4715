/** Waiting in tests of real processes: for a fact, with a bound, and never for a fixed time in the hope of it. */

/** Resolves with the first answer that is not undefined or false. @throws with `what` when the time is over. */
export async function until<T>(
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const begun = performance.now();
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() - begun > withinMs) {
      throw new Error(`waited ${withinMs} ms in vain until ${what}`, { cause: lastError });
    }
    await sleep(20);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
