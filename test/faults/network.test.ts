import { describe, expect, it } from 'vitest';
import type { FaultSystem } from '../harness/fault-system.ts';
import { createTcpProxy, type NetworkCut, type TcpProxy } from '../harness/tcp-proxy.ts';
import { sleep, until } from '../harness/waiting.ts';
import {
  assertTold,
  inFaultSystem,
  undergo,
  untilFound,
  untilItSees,
  untilQuiet,
  untilTold,
  withFleet,
} from './ordeal.ts';

const cuts: readonly NetworkCut[] = ['blackhole', 'reset', 'refuse'];
const delays = [300, 3000] as const;
const hurtForMs = 6000;

type Hurt = (way: TcpProxy) => void;

const cutForms: Readonly<Record<NetworkCut, string>> = {
  blackhole: 'passes nothing for 6 s',
  reset: 'resets every connection for 6 s',
  refuse: 'refuses every connection for 6 s',
};

/** All that a network does to connections that were good before. */
const hurts: readonly (readonly [string, Hurt])[] = [
  ...cuts.map((cut) => [cutForms[cut], (way: TcpProxy) => way.cut(cut)] as const),
  ...delays.map((ms) => [`is ${ms} ms slower for 6 s`, (way: TcpProxy) => way.delay(ms)] as const),
  ['has forgotten the open connections without a word', (way) => way.forgetOpen()],
];

function undergoAt(faulty: FaultSystem, way: TcpProxy, hurt: Hurt): Promise<void> {
  return undergo(faulty, { forMs: hurtForMs, begin: async () => hurt(way), end: () => way.heal() });
}

describe.concurrent('who dies and who returns is told of once, when the network between API and Redis', () => {
  it.for(hurts)('%s', ([, hurt], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergoAt(faulty, faulty.api.toRedis, hurt);
    })(context),
  );
});

describe.concurrent('who dies and who returns is told of once, when the network between the only processor and Redis', () => {
  it.for(hurts)('%s', ([, hurt], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergoAt(faulty, faulty.processors[0].toRedis, hurt);
    })(context),
  );
});

describe.concurrent('who dies and who returns is told of once, when the network between the leader alone and Redis', () => {
  it.for(hurts)('%s', ([, hurt], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const leader = await until('one leads', 15_000, () => faulty.leader());
      await undergoAt(faulty, leader.toRedis, hurt);
    })(context),
  );
});

describe.concurrent('who dies and who returns is told of once, when the network between processor and mail server', () => {
  it.for(hurts)('%s', ([, hurt], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergoAt(faulty, faulty.processorsToSmtp, hurt);
    })(context),
  );
});

describe.concurrent('an agent that cannot reach the API is told of, and no other', () => {
  it.for(cuts)('by a network cut of the form %s', (cut, context) =>
    inFaultSystem({}, async (faulty) => {
      const way = await createTcpProxy();
      try {
        way.leadTo(Number(new URL(faulty.system.apiUrl).port));
        await faulty.begin();
        const agents = [
          faulty.agent('near'),
          faulty.agent('far', ['env', `HEALTHAPP_API_URL=http://127.0.0.1:${way.port}`]),
        ];
        await until('both report', 15_000, async () => (await faulty.system.status()).counts.servers.up === 2);
        way.cut(cut);
        await untilTold(faulty, { far: ['created'] });
        await sleep(2000);
        await way.heal();
        await untilTold(faulty, { far: ['created', 'closed'] });
        await untilQuiet(faulty);
        await assertTold(faulty, { far: ['created', 'closed'] });
        for (const agent of agents) expect(await agent.end()).toBe(0);
      } finally {
        await way.close();
      }
    })(context),
  );
});

describe.concurrent('nobody is told of agents that report again within their grace, when the network before the API', () => {
  /** Longer than an answer takes to be given up on and asked for again. */
  const config = { server_staleness_duration: 12 };

  it.for(hurts)('%s', ([, hurt], context) =>
    inFaultSystem({ config }, async (faulty) => {
      await faulty.begin();
      await withFleet(faulty, ['a', 'b', 'c'], async () => {
        hurt(faulty.agentsToApi);
        await sleep(hurtForMs);
        await faulty.agentsToApi.heal();
        await sleep(12_000);
        await assertTold(faulty, {});
      });
    })(context),
  );
});

describe.concurrent('the one that died is told of, and nobody else, when no agent reaches the API, which learns so by probe_url', () => {
  it.for(cuts)('through a network cut of the form %s for 20 s', (cut, context) =>
    inFaultSystem({ config: { server_staleness_duration: 10 } }, async (faulty) => {
      const { api, agentsToApi } = faulty;
      api.start({ probe_url: `http://127.0.0.1:${agentsToApi.port}/healthz` });
      faulty.processors[0].start();
      await until('one leads', 20_000, () => faulty.leader());
      await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
        agentsToApi.cut(cut);
        await sleep(2000);
        await fleet.die('dies');
        await sleep(18_000);
        await agentsToApi.heal();
        await untilTold(faulty, { dies: ['created'] });
        await sleep(10_000);
        await assertTold(faulty, { dies: ['created'] });
      });
    })(context),
  );
});

it(
  'live events go on after the network between API and Redis has forgotten the open connections',
  inFaultSystem({}, async (faulty) => {
    await faulty.begin();
    const { system, api } = faulty;
    const ending = new AbortController();
    const response = await fetch(`${system.apiUrl}/api/v1/events`, { signal: ending.signal });
    let events = '';
    const reading = response.body?.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(text) {
          events += text;
        },
      }),
    );
    reading?.catch(() => {});
    try {
      await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
        await until('the servers are announced', 10_000, () => events.includes('event: server'));
        api.toRedis.forgetOpen();
        await untilItSees(faulty);
        await fleet.die('dies');
        await untilFound(faulty, 'dies');
        await until('the alert is announced', 20_000, () => events.includes('event: alert'));
      });
    } finally {
      ending.abort();
    }
  }),
);
