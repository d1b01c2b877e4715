/** One API in this process on a real port, with a database of its own; and requests to it as they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@healthapp/shared/config/config';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { type Logger, silentLogger } from '@healthapp/shared/runtime/logger';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { Redis } from 'ioredis';
import { runApi } from '../../packages/api/src/main.ts';
import { redisConfigOf, testApiKey, testConfig } from './config.ts';
import { freshDatabase } from './redis.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
  readonly json: any;
}

export interface RequestOptions {
  readonly body?: string | Uint8Array;
  readonly headers?: http.OutgoingHttpHeaders;
}

export interface TestApi {
  readonly url: string;
  readonly port: number;
  readonly redis: Redis;
  readonly partition: Partition;
  /** Over a socket and with the path as it is, since a URL library would tidy it up. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** A signed heartbeat. @param facts what it says beside `sentAt`, which grows by itself, and `interval`. */
  heartbeat(server: string, facts?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** A signed request of a server with any body. */
  signed(server: string, body: string | Uint8Array, headers?: http.OutgoingHttpHeaders): Promise<Answer>;
  /** One more instance on the same Redis. */
  another(): Promise<TestApi>;
  close(): Promise<void>;
}

/** @param redisUrl `inject('redisUrl')`. */
export async function startTestApi(
  redisUrl: string,
  config: Partial<Config> = {},
  logger: Logger = silentLogger,
): Promise<TestApi> {
  return startOn(await freshDatabase(redisUrl), config, logger);
}

async function startOn(url: string, config: Partial<Config>, logger: Logger): Promise<TestApi> {
  const redis = new Redis(url);
  const uiDir = mkdtempSync(join(tmpdir(), 'healthapp-ui-'));
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><title>HealthApp</title>');
  const api = await runApi({
    config: testConfig({ redis: redisConfigOf(url), ...config }),
    logger,
    version: '1.0.0',
    uiDir,
    localMailbox: false,
  });
  const port = Number(new URL(api.url).port);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
  const apiKey = config.apiKeys?.[0]?.secret.reveal() ?? testApiKey;
  let sentAt = Date.now();

  function request(method: string, path: string, { body, headers = {} }: RequestOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sending = http.request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const json =
            /json/.test(response.headers['content-type'] ?? '') && text !== '' ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      });
      sending.on('error', reject);
      sending.end(body);
    });
  }

  function signed(server: string, body: string | Uint8Array, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    const path = `/api/v1/heartbeats/${server}`;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const key = deriveServerKey(apiKey, server, 0);
    const fields = signRequest({ method: 'POST', path, body: bytes }, key, keyIdOf(server, null, 0), Date.now() / 1000);
    return request('POST', path, {
      body: bytes,
      headers: { 'content-type': 'application/json', ...fields, ...headers },
    });
  }

  return {
    url: api.url,
    port,
    redis,
    partition: createPartition(redis, 0),
    request,
    signed,
    heartbeat(server, facts = {}) {
      sentAt = Math.max(sentAt + 1, Date.now());
      return signed(server, JSON.stringify({ sentAt, interval: 30, ...facts }));
    },
    another: () => startOn(url, config, logger),
    async close() {
      agent.destroy();
      await api.close();
      redis.disconnect();
      rmSync(uiDir, { recursive: true, force: true });
    },
  };
}
