/** Milliseconds on a clock that only goes forward. Not `performance.now()`, whose first use loads eleven modules of Node. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
