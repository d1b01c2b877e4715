import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PlatformDouble, startPlatform } from '../../../../../test/harness/heroku/platform.ts';
import {
  type AskedRequest,
  createHttpPeer,
  type GivenAnswer,
  type HttpPeer,
} from '../../../../../test/harness/http-peer.ts';
import { sleep, until } from '../../../../../test/harness/waiting.ts';
import { createRequests } from '../../requests.ts';
import { keptLog } from '../../testing/options-for-tests.ts';
import { createDrain } from './drain.ts';
import { createLogFollowers, type LogFollowers, type LogFollowersOptions } from './log-followers.ts';
import { createLogStreams } from './log-streams.ts';
import { createPlatform } from './platform.ts';

const patienceMs = 60_000;
const taken: GivenAnswer = { status: 202, body: '{"accepted":true,"lines":0,"malformed":0,"duplicate":false}' };
const standby = (source: string, untilMs = 0): GivenAnswer => ({
  status: 202,
  body: JSON.stringify({ accepted: false, standby: true, source, untilMs }),
});

let double: PlatformDouble;
let api: HttpPeer;
let answer: (request: AskedRequest) => GivenAnswer | null;
let followers: LogFollowers;
const { lines: log, logger } = keptLog();
const closing: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  double = await startPlatform();
  answer = () => taken;
  api = await createHttpPeer((request) => answer(request));
  log.length = 0;
});
afterEach(async () => {
  await followers.close();
  await followed(0);
  for (const one of closing.splice(0)) await one.close();
  await api.close();
  await double.close();
  expect(double.violations).toEqual([]);
});

function begin(over: Partial<LogFollowersOptions> = {}): void {
  const direct = { route: { kind: 'direct' }, secureContext: null, idleConnectionMs: 1000 } as const;
  const platform = createPlatform({
    requests: createRequests({ url: new URL(double.url), ...direct }),
    basePath: '',
    apiKey: double.apiKey,
    userAgent: 'test',
  });
  const requests = createRequests({ url: new URL(api.url), ...direct });
  closing.push(platform, requests);
  followers = createLogFollowers({
    platform,
    mayAsk: () => true,
    streams: createLogStreams({ env: {}, secureContext: null }),
    drain: createDrain({ requests, basePath: '/base', passwordOf: (app) => `password-of-${app}`, token: 'follower.1' }),
    logger,
    now: Date.now,
    paces: { flushMs: 20, firstPauseMs: 20, longestPauseMs: 200 },
    ...over,
  });
}

const line = (text: string, process = 'web.1', at = Date.now()) =>
  `${new Date(at).toISOString().replace('Z', '000+00:00')} heroku[${process}]: ${text}`;
const app = (name: string, shown = (text: string) => text) => ({ name, shown });

/** Messages in octet counting, without what stands before the process. */
function messagesIn(body: string): string[] {
  const bytes = Buffer.from(body);
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = space + 1 + Number(bytes.subarray(at, space).toString());
    messages.push(
      bytes
        .subarray(space + 1, end)
        .toString()
        .replace(/^<\d+>1 \S+ host \S+ /, ''),
    );
    at = end;
  }
  return messages;
}

/** What the API was handed of an app's log; a frame that was sent again counts once. */
function handed(name = 'shop'): string[] {
  const frames = new Map<unknown, string[]>();
  for (const { path, headers, body } of api.asked) {
    if (path === `/base/heroku/drain/${name}`) frames.set(headers['logplex-frame-id'], messagesIn(body));
  }
  return [...frames.values()].flat();
}
const handedOver = (text: string) => until(`${text} is handed over`, patienceMs, () => handed().includes(text));
const followed = (count: number) =>
  until(`${count} are followed`, patienceMs, () => double.followed().length === count);

describe('the log of an app', () => {
  it('that says nothing keeps its turn, so that its counts are known to be none', async () => {
    double.addApp('shop');
    begin({ paces: { flushMs: 20, firstPauseMs: 20, longestPauseMs: 200, keepMs: 50 } });
    followers.follow([app('shop')]);
    await followed(1);
    const before = api.asked.length;
    await until('the API is told so again and again', patienceMs, () => api.asked.length >= before + 3);
    const [last] = api.asked.slice(-1);
    expect(last).toMatchObject({ method: 'POST', path: '/base/heroku/drain/shop', body: '' });
    expect(last?.headers['logplex-msg-count']).toBe('0');
    expect(double.followed()).toEqual(['shop']);
    // Whom the API takes it from instead is asked no more of Heroku.
    answer = () => standby('drain', 60_000);
    await followed(0);
  });

  it('is handed to the API as a drain would, without what the app itself and config vars say', async () => {
    double.addApp('shop');
    double.writeLog('shop', line('State changed from up to crashed', 'web.1', Date.now() - 60_000));
    begin();
    followers.follow([app('shop', (text) => text.replaceAll('hunter2', '[PASSWORD]'))]);
    await followed(1);
    double.writeLog(
      'shop',
      line('Starting process with command `serve --password hunter2`'),
      `${new Date().toISOString()} app[web.1]: a customer's name`,
      line('Error R14 (Memory quota exceeded)'),
    );
    await handedOver('web.1 - Error R14 (Memory quota exceeded)');
    expect(handed()).toEqual([
      'web.1 - Starting process with command `serve --password [PASSWORD]`',
      'web.1 - Error R14 (Memory quota exceeded)',
    ]);
    const { headers } = api.asked.at(-1) as AskedRequest;
    expect(headers).toMatchObject({
      authorization: `Basic ${Buffer.from('healthapp:password-of-shop').toString('base64')}`,
      'content-type': 'application/logplex-1',
      'logplex-drain-token': 'follower.1',
    });
    expect(log).toEqual(['info: the log of shop is followed']);
  });

  it.each(['end', 'reset'] as const)('goes on after a stream’s %s, with each line once', async (how) => {
    double.addApp('shop');
    begin();
    followers.follow([app('shop')]);
    await followed(1);
    const texts = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    for (const [index, text] of texts.entries()) {
      double.writeLog('shop', line(text));
      if (index % 10 !== 9) continue;
      double.endStreams(how);
      // Written while nobody listens.
      double.writeLog('shop', line(`gap ${index}`));
      await followed(1);
    }
    await handedOver('web.1 - gap 39');
    const expected = texts.flatMap((text, index) => (index % 10 === 9 ? [text, `gap ${index}`] : [text]));
    expect(handed()).toEqual(expected.map((text) => `web.1 - ${text}`));
    expect(api.asked.filter(({ body }) => body === '').length).toBeGreaterThanOrEqual(5);
  });

  it('is taken up anew before Heroku ends the session', async () => {
    double.addApp('shop');
    begin({ paces: { flushMs: 20, firstPauseMs: 20, longestPauseMs: 40, sessionMs: 100 } });
    followers.follow([app('shop')]);
    const asked = () => double.requests.filter((request) => request.endsWith('log-sessions')).length;
    await until('three sessions', patienceMs, () => asked() >= 3);
  });

  it('is let go at the end, behind the last of its lines', async () => {
    double.addApp('shop');
    begin({ paces: { flushMs: 600_000 } });
    const read: string[] = [];
    followers.follow([
      app('shop', (text) => {
        read.push(text);
        return text;
      }),
    ]);
    await followed(1);
    double.writeLog('shop', line('the last'));
    await until('it is read', patienceMs, () => read.length > 0);
    await followers.close();
    expect(handed()).toEqual(['web.1 - the last']);
    expect(api.asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/base/heroku/drain/shop', body: '' });
  });

  it('is not followed any more when the app is not, and waits for nobody', async () => {
    for (const name of ['shop', 'blog']) double.addApp(name);
    begin();
    followers.follow([app('shop'), app('blog')]);
    await followed(2);
    followers.follow([app('blog')]);
    await until('blog alone is followed', patienceMs, () => double.followed().join() === 'blog');
    followers.follow([]);
    await followed(0);
  });
});

describe('while a drain sends the log', () => {
  it('it is not followed, and Heroku is not asked', async () => {
    double.addApp('shop');
    answer = () => standby('drain', 600_000);
    begin();
    followers.follow([app('shop')]);
    await until('the API was asked', patienceMs, () => api.asked.length > 0);
    await until('it is said', patienceMs, () => log.length > 0);
    expect(log).toEqual(['info: the log of shop comes by a drain: it is not followed']);
    expect(double.requests).toEqual([]);
  });

  it('the stream is let go as soon as the API says so', async () => {
    double.addApp('shop');
    begin();
    followers.follow([app('shop')]);
    await followed(1);
    answer = () => standby('drain', 600_000);
    double.writeLog('shop', line('Error R14 (Memory quota exceeded)'));
    await followed(0);
  });
});

describe('an API that takes nothing', () => {
  it.each([
    ['is away', () => null],
    ['answers 503', () => ({ status: 503 })],
    ['has enough', () => ({ status: 429 })],
  ])('and %s gets the same frame again, and then what came meanwhile', async (_how, away) => {
    double.addApp('shop');
    begin();
    followers.follow([app('shop')]);
    await followed(1);
    answer = away;
    double.writeLog('shop', line('one'));
    const tries = () => api.asked.filter(({ body }) => body.endsWith('one'));
    await until('it was tried three times', patienceMs, () => tries().length >= 3);
    expect(new Set(tries().map(({ headers }) => headers['logplex-frame-id'])).size).toBe(1);
    double.writeLog('shop', line('two'));
    answer = () => taken;
    await handedOver('web.1 - two');
  });

  it('and refuses is told of once, and asked again', async () => {
    double.addApp('shop');
    answer = () => ({ status: 404, body: '{"detail":"nothing reports the app shop"}' });
    begin();
    followers.follow([app('shop')]);
    await until('it was asked again', patienceMs, () => api.asked.length >= 3);
    expect(log).toEqual(['warn: the log of shop is not taken: the API answered 404: nothing reports the app shop']);
    expect(double.requests).toEqual([]);
    answer = () => taken;
    await followed(1);
  });
});

describe('Heroku', () => {
  it('that lets nobody follow is told of once', async () => {
    double.addApp('shop');
    double.behave({ status: 403 });
    begin();
    followers.follow([app('shop')]);
    await until('it is said', patienceMs, () => log.length > 0);
    expect(log).toEqual(['warn: the log of shop cannot be followed: the key may not read this (403)']);
    expect(double.requests).toHaveLength(1);
  });

  it('that fails is asked again with growing pauses, and told of', async () => {
    double.addApp('shop');
    double.behave({ status: 503 });
    begin();
    followers.follow([app('shop')]);
    await until('it was asked five times', patienceMs, () => double.requests.length >= 5);
    expect(log).toEqual(["warn: the log of shop cannot be followed: Heroku's API answered 503"]);
    double.behave({});
    await followed(1);
    expect(log.at(-1)).toBe('info: the log of shop is followed');
  });

  it('is asked for no session while its rate limit is nearly spent', async () => {
    double.addApp('shop');
    let asked = 0;
    begin({
      mayAsk: () => {
        asked += 1;
        return false;
      },
    });
    followers.follow([app('shop')]);
    await until('it was looked whether it may', patienceMs, () => asked > 0);
    await sleep(100);
    expect(double.requests).toEqual([]);
  });
});

describe('more apps than are followed', () => {
  it('wait until there is room', async () => {
    const names = ['a-app', 'b-app', 'c-app', 'd-app'];
    for (const name of names) double.addApp(name);
    begin({ mostFollowed: 2 });
    followers.follow(names.map((name) => app(name)));
    await until('it is said', patienceMs, () => log.some((text) => text.includes('give the others a drain')));
    await followed(2);
    const first = double.followed();
    followers.follow(names.filter((name) => !first.includes(name)).map((name) => app(name)));
    await until('the others are', patienceMs, () => {
      const now = double.followed();
      return now.length === 2 && now.every((name) => !first.includes(name));
    });
    expect(log.filter((text) => text.startsWith('warn'))).toHaveLength(1);
  });
});
