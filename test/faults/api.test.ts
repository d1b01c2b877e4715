import { describe, expect, it } from 'vitest';
import { freePort } from '../harness/redis-server.ts';
import { sleep, until } from '../harness/waiting.ts';
import { assertTold, inFaultSystem, undergo, untilQuiet, withFleet } from './ordeal.ts';

describe.concurrent('who dies and who returns is told of once, when the API', () => {
  it(
    'is killed for 4 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 4000,
        begin: async ({ api }) => api.process?.end('SIGKILL'),
        end: async ({ api }) => api.start(),
      });
    }),
  );

  it(
    'is paused for 5 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 5000,
        begin: async ({ api }) => api.process?.signal('SIGSTOP'),
        end: async ({ api }) => api.process?.signal('SIGCONT'),
      });
    }),
  );
});

describe('one of two APIs behind one address', () => {
  it(
    'may be killed: nobody is blind and nobody is told',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      const { system, api, agentsToApi } = faulty;
      const otherPort = await freePort();
      const redis = `redis://127.0.0.1:${api.toRedis.port}`;
      system.start('api', { redis, api_listen: `127.0.0.1:${otherPort}` });
      const status = async () => {
        const response = await fetch(`http://127.0.0.1:${otherPort}/api/v1/status`);
        return (await response.json()) as { blindness: { recent: unknown[] }; counts: { servers: { up: number } } };
      };
      await until('the other is ready', 15_000, async () => (await status()).counts !== undefined);
      await withFleet(faulty, ['a', 'b'], async () => {
        const before = (await status()).blindness.recent;
        agentsToApi.leadTo(otherPort);
        agentsToApi.resetOpen();
        await api.process?.end('SIGKILL');
        await sleep(8000);
        const after = await status();
        expect(after.blindness.recent).toEqual(before);
        expect(after.counts.servers.up).toBe(2);
        api.start();
        await untilQuiet(faulty);
        await assertTold(faulty, {});
      });
    }),
  );
});
