/** For balancers and supervisors: is this instance alive, can it do its work, and how is it set up. */
import type { Config } from '@healthapp/shared/config/config';
import { Hono } from 'hono';
import type { AppEnv } from '../http/bindings.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { readSetup } from '../verbs/read-setup.ts';

export function healthRoutes(partitions: Partitions, config: Config, now: () => number) {
  /** One question to Redis answers all who ask meanwhile, so that asking is no way to keep it busy. */
  let asked: Promise<unknown> | undefined;
  function askRedis(): Promise<unknown> {
    asked ??= Promise.all(partitions.all().map((partition) => partition.redis.ping())).finally(() => {
      asked = undefined;
    });
    return asked;
  }

  return new Hono<AppEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      try {
        await askRedis();
      } catch {
        throw new HttpProblem(503, 'Redis cannot be reached', { retryAfterS: 5 });
      }
      return c.json({ status: 'ok' });
    })
    .get('/health', (c) => c.json({ status: 'ok', timestamp: now(), ...readSetup(config) }));
}
