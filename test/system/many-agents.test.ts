import { runAgent } from '@healthapp/agent/main';
import { Secret } from '@healthapp/shared/config/secret';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../harness/config.ts';
import { type System, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

let system: System;

beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe('200 agents that start at once against one API', () => {
  it('lose nothing: each is there, and up, and said goodbye to', async () => {
    await system.api();
    const names = Array.from({ length: 200 }, (_, index) => `agent-${index}`);
    const base = testConfig({ apiUrl: system.apiUrl, apiKeys: [{ id: null, secret: new Secret(system.apiKey) }] });
    const agents = await Promise.all(
      names.map((name) =>
        runAgent({
          config: { ...base, agent: { ...base.agent, name, intervalMs: 1000 } },
          logger: silentLogger,
          version: '1.0.0',
        }),
      ),
    );
    await until('all are up', 15_000, async () => (await system.status()).counts.servers.up === names.length);
    await sleep(5000);
    const { servers } = await system.get<{ servers: { name: string; state: string; lastHeartbeatAt: number }[] }>(
      '/api/v1/servers?limit=1000',
    );
    expect(servers.map(({ name }) => name).sort()).toEqual([...names].sort());
    const { time } = await system.status();
    for (const { lastHeartbeatAt } of servers) expect(time - lastHeartbeatAt).toBeLessThan(3000);

    await Promise.all(agents.map((agent) => agent.close()));
    expect((await system.status()).counts.servers).toMatchObject({ total: names.length, stopped: names.length });
  });
});
