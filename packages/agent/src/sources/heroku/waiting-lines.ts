/** Lines of a log that wait for the API. */

export interface WaitingLines {
  add(line: string): void;
  /** As many as go at once, oldest first; null when none waits. They wait no longer. */
  next(): { readonly lines: number; readonly body: string } | null;
  clear(): void;
  /** Whether there is enough for a frame that need not wait for more. */
  isFrame(): boolean;
  /** Whether no more is to be read before some of them are gone. */
  isFull(): boolean;
}

/** Characters. */
const mostWaiting = 512 * 1024;
const largestBody = 128 * 1024;

export function createWaitingLines(): WaitingLines {
  let waiting: string[] = [];
  let length = 0;
  return {
    add(line) {
      waiting.push(line);
      length += line.length;
    },
    next() {
      let lines = 0;
      let bodyLength = 0;
      for (const line of waiting) {
        if (lines > 0 && bodyLength + line.length > largestBody) break;
        bodyLength += line.length;
        lines += 1;
      }
      if (lines === 0) return null;
      length -= bodyLength;
      return { lines, body: waiting.splice(0, lines).join('') };
    },
    clear() {
      waiting = [];
      length = 0;
    },
    isFrame: () => length >= largestBody,
    isFull: () => length >= mostWaiting,
  };
}
