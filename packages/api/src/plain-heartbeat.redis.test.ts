import { connect } from 'node:net';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { testApiKey } from '../../../test/harness/config.ts';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';
import { until } from '../../../test/harness/waiting.ts';

/**
 * Heartbeats of the usual form go past the framework. The signature leaves a query out, so one with a query is the same
 * heartbeat on the way through the framework.
 */
describe('a heartbeat that goes past the framework', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi(inject('redisUrl'));
  });
  afterAll(() => api.close());

  let sentAt = Date.now();
  const grown = () => {
    sentAt += 1;
    return sentAt;
  };
  const good = (server: string) => ({ server, body: JSON.stringify({ sentAt: grown(), interval: 30 }) });

  interface Case {
    readonly server: string;
    readonly body: string;
    readonly keyOf?: string;
    readonly generation?: number;
    readonly createdS?: number;
    readonly headers?: Record<string, string>;
  }

  function send(query: string, { server, body, keyOf = server, generation = 0, createdS, headers }: Case) {
    const path = `/api/v1/heartbeats/${server}`;
    const signed = signRequest(
      { method: 'POST', path, body: Buffer.from(body) },
      deriveServerKey(testApiKey, keyOf, generation),
      keyIdOf(server, null, generation),
      createdS ?? Date.now() / 1000,
    );
    const chunked = headers?.['transfer-encoding'] === 'chunked';
    const length = chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return api.request('POST', path + query, { body, headers: { ...length, ...signed, ...headers } });
  }

  /** What an answer says, without what the moment makes of it. */
  function told({ status, headers, text }: Answer) {
    const { date, 'content-length': length, ...rest } = headers;
    expect(date).toBeDefined();
    expect(Number(length)).toBe(Buffer.byteLength(text));
    const timeless = text.replace(/(?<=At":|Time":)\d+/g, '0').replace(/\d+ s behind/, 'behind');
    return { status, headers: rest, json: JSON.parse(timeless) };
  }

  it.each<[string, number, (server: string) => Case | Promise<Case>]>([
    ['accepted', 202, good],
    ['unsigned', 401, (server) => ({ ...good(server), headers: { signature: 'none' } })],
    ['signed with another key', 401, (server) => ({ ...good(server), keyOf: 'another' })],
    ['signed long ago', 401, (server) => ({ ...good(server), createdS: Date.now() / 1000 - 900 })],
    ['no JSON', 400, (server) => ({ server, body: 'up and well' })],
    ['without an interval', 400, (server) => ({ server, body: JSON.stringify({ sentAt: grown() }) })],
    ['nested deep', 400, (server) => ({ server, body: `{"labels":${'['.repeat(40)}${']'.repeat(40)}}` })],
    ['sent long ago', 401, (server) => ({ server, body: JSON.stringify({ sentAt: 1, interval: 30 }) })],
    ['empty', 400, (server) => ({ server, body: '' })],
    [
      'a copy',
      409,
      async (server) => {
        const original = good(server);
        await send('', original);
        return original;
      },
    ],
    [
      'signed with a revoked key',
      403,
      async (server) => {
        await send('', good(server));
        await api.redis.hset(api.partition.keys.server(server), 'generation', 1);
        return good(server);
      },
    ],
  ])('is answered as it is on the way through it: %s', async (what, status, caseOf) => {
    const name = what.replaceAll(' ', '-');
    const past = told(await send('', await caseOf(`past-${name}`)));
    const through = told(await send('?', await caseOf(`thru-${name}`)));
    expect(past.status).toBe(status);
    // The two names have one length and differ in what is told of a server.
    expect(JSON.parse(JSON.stringify(past).replaceAll('past-', 'thru-'))).toEqual(through);
  });

  it.each<[string, Record<string, string>]>([
    ['a host in capitals', { host: 'Monitor.Example:443' }],
    ['an IPv6 host', { host: '[::1]:8000' }],
    ['its body in chunks', { 'transfer-encoding': 'chunked' }],
  ])('or else is taken by the framework: %s', async (what, headers) => {
    expect((await send('', { ...good(what.replaceAll(' ', '-')), headers })).status).toBe(202);
  });

  it('is refused without a host that is one, and counted, whichever way it takes', async () => {
    for (const host of ['no host', 'a:99999']) {
      expect((await send('', { ...good('hostless'), headers: { host } })).status).toBe(400);
    }
  });

  it('leaves the connection fit for the next, also after one that is too large', async () => {
    for (let n = 0; n < 3; n += 1) {
      expect((await send('', { ...good('large'), body: `"${'x'.repeat(70_000)}"` })).status).toBe(413);
      expect((await send('', good('large'))).status).toBe(202);
    }
  });

  it('is recorded although its sender has gone before the answer, and the next is served', async () => {
    const { server, body } = good('gone');
    const path = `/api/v1/heartbeats/${server}`;
    const signed = signRequest(
      { method: 'POST', path, body: Buffer.from(body) },
      deriveServerKey(testApiKey, server, 0),
      server,
      Date.now() / 1000,
    );
    const head = Object.entries({ host: 'monitor', 'content-length': body.length, ...signed });
    await api.redis.call('CLIENT', 'PAUSE', 500, 'WRITE');
    const socket = connect(api.port, '127.0.0.1');
    const text = `POST ${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    socket.destroy();
    await until('it is recorded', 10_000, async () => (await api.redis.get(api.partition.keys.facts(server))) === body);
    expect((await send('', good(server))).status).toBe(202);
  });
});
