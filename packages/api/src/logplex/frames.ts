/**
 * Lines of a Heroku log drain: RFC 6587 octet counting (`83 <40>1 …`) of RFC 5424 lines as Logplex writes them, that is
 * without structured data (devcenter.heroku.com/articles/log-drains).
 */

/** A line within the text that it was found in; one object serves for all lines of a body. */
export interface LogLine {
  /** ms since 1970, by Heroku's clock. */
  at: number;
  /** `heroku` is the platform; `app` the app and its add-ons. */
  source: string;
  /** `router`, `web.1`, `heroku-postgres`, `postgres.26875`. */
  process: string;
  /** Where its message begins and ends in the body. */
  from: number;
  to: number;
}

export interface ReadFrames {
  readonly lines: number;
  readonly malformed: number;
}

const zero = 48;
const nine = 57;
const space = 32;
const lineFeed = 10;
const lessThan = 60;
const dot = 46;

/**
 * Calls `each` for every line. One that is malformed is counted and skipped: where its length lies, the next line
 * is looked for at a line's beginning, so its neighbours are kept.
 * @param body as latin1: one character is one octet.
 */
export function readFrames(body: string, each: (line: LogLine) => void): ReadFrames {
  const line: LogLine = { at: 0, source: '', process: '', from: 0, to: 0 };
  const readHeader = createHeaderReader(body);
  let lines = 0;
  let malformed = 0;
  let at = 0;
  let from = textAfterLength(body, 0);
  while (at < body.length) {
    const end = from === -1 ? -1 : from + lengthAt(body, at);
    const next = end === -1 ? -1 : textAfterLength(body, end);
    // The next length, or the end of all or of a line, shows that this one was right.
    if (end === -1 || (next === -1 && end !== body.length && body.charCodeAt(end - 1) !== lineFeed)) {
      malformed += 1;
      at = nextFrame(body, at + 1);
      from = textAfterLength(body, at);
      continue;
    }
    if (readHeader(line, from, end)) {
      lines += 1;
      each(line);
    } else malformed += 1;
    at = end;
    from = next;
  }
  return { lines, malformed };
}

/** A body's bound has fewer digits. */
const mostDigits = 7;

/** Where the line of `83 <` at a place begins; -1: no length stands there. */
function textAfterLength(body: string, at: number): number {
  let place = at;
  while (place < at + mostDigits && isDigit(body.charCodeAt(place))) place += 1;
  if (place === at || body.charCodeAt(place) !== space || body.charCodeAt(place + 1) !== lessThan) return -1;
  return place + 1;
}

/** The number at a place at which one stands. */
function lengthAt(body: string, at: number): number {
  let length = 0;
  for (let place = at; body.charCodeAt(place) !== space; place += 1)
    length = 10 * length + body.charCodeAt(place) - zero;
  return length;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** Logplex ends each line with a line feed; the next length stands behind one. */
function nextFrame(body: string, from: number): number {
  for (let at = body.indexOf('\n', from - 1); at !== -1; at = body.indexOf('\n', at + 1)) {
    if (textAfterLength(body, at + 1) !== -1) return at + 1;
  }
  return body.length;
}

/** Reads `<40>1 2012-11-30T06:45:29.123+00:00 host app web.3 - ` of lines of one body. */
function createHeaderReader(body: string): (line: LogLine, from: number, to: number) => boolean {
  let second = '?';
  let zone = '?';
  let secondMs = 0;

  /** Lines of one request are mostly of the same few seconds. NaN: it is no time. */
  function timeOf(from: number, to: number): number {
    const zoneFrom = body.charCodeAt(to - 1) === 90 ? to - 1 : to - 6;
    if (zoneFrom < from + 19) return Number.NaN;
    if (!body.startsWith(second, from) || !body.startsWith(zone, zoneFrom) || zone.length !== to - zoneFrom) {
      second = body.slice(from, from + 19);
      zone = body.slice(zoneFrom, to);
      secondMs = Date.parse(second + zone);
    }
    if (zoneFrom > from + 19 && body.charCodeAt(from + 19) !== dot) return Number.NaN;
    let ms = 0;
    let worth = 100;
    for (let at = from + 20; at < zoneFrom && worth >= 1; at += 1) {
      ms += worth * (body.charCodeAt(at) - zero);
      worth /= 10;
    }
    return secondMs + Math.trunc(ms);
  }

  return (line, from, to) => {
    const time = body.indexOf(' ', from);
    const host = body.indexOf(' ', time + 1);
    const source = body.indexOf(' ', host + 1);
    const process = body.indexOf(' ', source + 1);
    const id = body.indexOf(' ', process + 1);
    const text = body.indexOf(' ', id + 1);
    if (time === -1 || host === -1 || source === -1 || process === -1 || id === -1 || id >= to) return false;
    if (body.charCodeAt(time - 1) !== 49 || body.charCodeAt(time - 2) !== 62) return false;
    line.at = timeOf(time + 1, host);
    if (!(line.at >= 0)) return false;
    line.source = body.slice(source + 1, process);
    line.process = body.slice(process + 1, id);
    // An empty message ends with its id.
    line.from = text === -1 || text >= to ? to : text + 1;
    // What speaks RFC 5424 to the letter says that there is no structured data.
    if (body.charCodeAt(line.from) === 45 && body.charCodeAt(line.from + 1) === space) line.from += 2;
    line.to = to;
    while (line.to > line.from && isBlank(body.charCodeAt(line.to - 1))) line.to -= 1;
    return true;
  };
}

function isBlank(code: number): boolean {
  return code === lineFeed || code === space || code === 13;
}
