/** An app's log as the bench delivers it: what a web app of four dynos says, most of it requests and its own lines. */
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { loadLine, logplexBody, logplexLine, memoryLine, routerLine } from '../test/harness/heroku/log-lines.ts';

export const linesEach = 100;
/** Of them, of the router. */
export const requestsEach = 55;

/** `bench-07` */
export function appName(number: number): string {
  return `bench-${String(number).padStart(2, '0')}`;
}

function deliveryBody(at: number): Buffer {
  const lines = Array.from({ length: linesEach }, (_, nth) => {
    const dyno = `web.${(nth % 4) + 1}`;
    const line = { at: at + 7 * nth, dyno, service: (nth * 37) % 900 };
    if (nth < requestsEach) return routerLine(nth === 0 ? { ...line, status: 503, code: 'H12' } : line);
    if (nth < 95)
      return logplexLine(line.at, 'app', dyno, `Completed 200 OK in ${nth}ms (views 3.1ms, database 1.2ms) user=42`);
    return nth % 2 === 0 ? memoryLine(at, dyno, 400 + nth, 512) : loadLine(at, dyno, nth / 100);
  });
  return logplexBody(lines);
}

/** Whole HTTP requests, head and body, each with a frame of its own. */
export function logRequests(apiKey: string, apps: number, count: number): Buffer[] {
  const passwordOf = createDrainPasswords(apiKey);
  const body = deliveryBody(Date.now());
  return Array.from({ length: count }, (_, nth) => {
    const app = appName(nth % apps);
    const head = [
      `POST ${drainPath(app)} HTTP/1.1`,
      'host: 127.0.0.1',
      'content-type: application/logplex-1',
      `authorization: Basic ${Buffer.from(`healthapp:${passwordOf(app)}`).toString('base64')}`,
      `logplex-msg-count: ${linesEach}`,
      `logplex-frame-id: ${Date.now().toString(16)}${nth.toString(16).padStart(20, '0')}`,
      'logplex-drain-token: d.73ea7440-270a-435a-a0ea-adf50b4e5f5a',
      'user-agent: Logplex/v178',
      `content-length: ${body.length}`,
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  });
}
