/** From the lines of a log session, as `heroku logs` shows them, to what a drain gets. Pure. */

export interface SessionLine {
  /** As it stands in the line, RFC 3339 with up to microseconds. */
  readonly time: string;
  /** `heroku` or `app` */
  readonly source: string;
  /** `router`, `web.1`, `heroku-postgres`, … */
  readonly process: string;
  readonly text: string;
}

const pattern =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ([\w-]{1,48})\[([\w.-]{1,128})\]: (.*)$/s;

/** Null for what is no line of a log. */
export function sessionLine(line: string): SessionLine | null {
  const match = pattern.exec(line);
  if (match === null) return null;
  const [, time, source, process, text] = match as unknown as [string, string, string, string, string];
  return { time, source, process, text };
}

/** Whether Heroku or one of its add-ons wrote it. What the app itself writes is nobody's but the app's. */
export function isOfPlatform({ source, process }: SessionLine): boolean {
  return source === 'heroku' || /^(?:heroku-[\w-]+|postgres\.\d+)$/.test(process);
}

/**
 * One line as Logplex hands it to a drain: RFC 5424 in octet counting (RFC 6587 section 3.4.1).
 * https://devcenter.heroku.com/articles/log-drains#https-drain-caveats
 */
export function drainLine({ time, source, process, text }: SessionLine): string {
  // local3 and local0, both informational, as Logplex has them.
  const priority = source === 'heroku' ? 158 : 134;
  const message = `<${priority}>1 ${time} host ${source} ${process} - ${text}`;
  return `${Buffer.byteLength(message)} ${message}`;
}

/** FNV-1a: tells whether a line was seen before. */
export function markOf(line: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < line.length; at += 1) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193);
  // The length beside it, since 32 bits alone would meet among many thousands of lines.
  return (hash >>> 0) * 4096 + (line.length % 4096);
}

const longestLine = 16 * 1024;

/** Cuts a stream into lines; one that is too long is left out. */
export function createLineSplitter(): { push(chunk: string): string[] } {
  let partial = '';
  let skipping = false;
  return {
    push(chunk) {
      const pieces = chunk.split('\n');
      const lines: string[] = [];
      for (const [index, piece] of pieces.entries()) {
        const ends = index < pieces.length - 1;
        if (!skipping) partial += piece;
        if (partial.length > longestLine) {
          partial = '';
          skipping = true;
        }
        if (!ends) continue;
        if (!skipping && partial.trim() !== '') lines.push(partial.replace(/\r$/, ''));
        partial = '';
        skipping = false;
      }
      return lines;
    },
  };
}
