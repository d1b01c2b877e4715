/** A line of Heroku's router: `at=info method=GET path="/" … dyno=web.1 connect=1ms service=40ms status=200 …`. */

/** One object serves for all lines of a body. */
export interface RouterLine {
  /** `H12`; empty: none. */
  code: string;
  method: string;
  /** With its query. */
  path: string;
  /** Empty where none answered. */
  dyno: string;
  /** ms; -1 where none is given. */
  connect: number;
  service: number;
  /** 0 where none is given. */
  status: number;
}

export function emptyRouterLine(): RouterLine {
  return { code: '', method: '', path: '', dyno: '', connect: -1, service: -1, status: 0 };
}

const equals = 61;
const space = 32;
const quote = 34;

/** Reads what stands in `body` from `from` to `to` into `line`. Unknown keys are passed over. */
export function readRouterLine(body: string, from: number, to: number, line: RouterLine): void {
  line.code = '';
  line.method = '';
  line.path = '';
  line.dyno = '';
  line.connect = -1;
  line.service = -1;
  line.status = 0;
  let at = from;
  while (at < to) {
    const key = at;
    while (at < to && body.charCodeAt(at) !== equals && body.charCodeAt(at) !== space) at += 1;
    const keyEnd = at;
    if (at >= to || body.charCodeAt(at) === space) {
      at += 1;
      continue;
    }
    at += 1;
    const quoted = body.charCodeAt(at) === quote;
    if (quoted) at += 1;
    const value = at;
    const stop = quoted ? quote : space;
    while (at < to && body.charCodeAt(at) !== stop) at += 1;
    take(body, key, keyEnd, value, at, line);
    at += quoted ? 2 : 1;
  }
}

/** By length and first letter, since the keys that matter differ in these. */
function take(body: string, key: number, keyEnd: number, from: number, to: number, line: RouterLine): void {
  switch (keyEnd - key) {
    case 4:
      if (body.startsWith('code', key)) line.code = body.slice(from, to);
      else if (body.startsWith('path', key)) line.path = body.slice(from, to);
      else if (body.startsWith('dyno', key)) line.dyno = body.slice(from, to);
      return;
    case 6:
      if (body.startsWith('status', key)) line.status = Math.max(0, numberAt(body, from, to));
      else if (body.startsWith('method', key)) line.method = body.slice(from, to);
      return;
    case 7:
      if (body.startsWith('service', key)) line.service = numberAt(body, from, to);
      else if (body.startsWith('connect', key)) line.connect = numberAt(body, from, to);
      return;
    default:
  }
}

/** The digits that a text begins with, as in `40ms`; -1 without any, or beyond nine. */
function numberAt(body: string, from: number, to: number): number {
  let number = 0;
  let at = from;
  for (; at < to && at < from + 10; at += 1) {
    const digit = body.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    number = 10 * number + digit;
  }
  return at === from || at === from + 10 ? -1 : number;
}
