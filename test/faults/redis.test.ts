import { describe, expect, it } from 'vitest';
import { offlineMails, repeatsIn, toldOf } from '../harness/account.ts';
import type { FaultSystem } from '../harness/fault-system.ts';
import { sleep, until } from '../harness/waiting.ts';
import {
  assertTold,
  assertToldDespiteLoss,
  inFaultSystem,
  lossesToldOf,
  type Ordeal,
  undergo,
  untilFound,
  untilItSees,
  untilNothingWaits,
  untilQuiet,
  untilTold,
  withFleet,
} from './ordeal.ts';

/** Far less than what an empty server takes. */
const tooLittleMemory = 1_000_000;
/** Nothing listens there. */
const nowhere = ['127.0.0.1', 1] as const;

const ordeals: readonly (readonly [string, Ordeal])[] = [
  [
    'is killed for 4 s',
    {
      forMs: 4000,
      begin: ({ redis }) => redis.end('SIGKILL'),
      end: ({ redis }) => redis.start(),
    },
  ],
  [
    'is stopped in good order for 4 s',
    {
      forMs: 4000,
      begin: ({ redis }) => redis.end('SIGTERM'),
      end: ({ redis }) => redis.start(),
    },
  ],
  [
    'is paused for 8 s',
    {
      forMs: 8000,
      begin: async ({ redis }) => redis.signal('SIGSTOP'),
      end: async ({ redis }) => redis.signal('SIGCONT'),
    },
  ],
  [
    'has no memory left for 5 s',
    {
      forMs: 5000,
      begin: ({ redis }) => redis.command('CONFIG', 'SET', 'maxmemory', tooLittleMemory),
      end: ({ redis }) => redis.command('CONFIG', 'SET', 'maxmemory', 0),
    },
  ],
  [
    'is a replica that takes no writes for 5 s',
    {
      forMs: 5000,
      begin: ({ redis }) => redis.command('REPLICAOF', ...nowhere),
      end: ({ redis }) => redis.command('REPLICAOF', 'NO', 'ONE'),
    },
  ],
];

describe.concurrent('who dies and who returns is told of once, when Redis', () => {
  it.for(ordeals)('%s', ([, ordeal], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      await undergo(faulty, ordeal);
    })(context),
  );

  it(
    'fails over to a replica that has everything',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const replica = await faulty.addReplica();
      await undergo(faulty, {
        forMs: 5000,
        begin: () => faulty.failOver(replica),
        end: async () => {},
      });
    }),
  );

  it(
    'is killed together with API and processors, as by a power cut',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      await undergo(faulty, {
        forMs: 5000,
        begin: ({ redis, api, processors }) =>
          Promise.all([redis.end('SIGKILL'), ...[api, ...processors].map((place) => place.process?.end('SIGKILL'))]),
        end: async ({ redis, api, processors }) => {
          for (const place of [api, ...processors]) place.start();
          await redis.start();
        },
      });
    }),
  );
});

describe.concurrent('a Redis that keeps what it acknowledged', () => {
  it(
    'may be away for less than a second again and again: nobody is told of a server that reports',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await withFleet(faulty, ['a', 'b', 'c', 'd', 'e', 'f'], async () => {
        for (let time = 0; time < 4; time += 1) {
          await faulty.redis.end('SIGKILL');
          await sleep(300);
          await faulty.redis.start();
          await sleep(7000);
        }
        await untilQuiet(faulty);
        await assertTold(faulty, {});
      });
    }),
  );

  it(
    'may be started after the roles',
    inFaultSystem({}, async (faulty) => {
      await faulty.redis.end('SIGKILL');
      faulty.api.start();
      for (const place of faulty.processors) place.start();
      await sleep(6000);
      await faulty.redis.start();
      await until('one leads', 20_000, () => faulty.leader());
      await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
        await fleet.die('dies');
        await untilTold(faulty, { dies: ['created'] });
        await untilQuiet(faulty);
        await assertTold(faulty, { dies: ['created'] });
      });
    }),
  );
});

/**
 * Of four servers one is down before `keep` and one dies after it, so that the second alert is among what
 * `lose` loses; one returns in between, so that its closing is.
 */
async function loseWrites(
  faulty: FaultSystem,
  keep: () => Promise<unknown>,
  lose: () => Promise<unknown>,
): Promise<void> {
  await withFleet(faulty, ['reports', 'down', 'died', 'returned'], async (fleet) => {
    await fleet.die('returned');
    await fleet.die('down');
    await untilTold(faulty, { returned: ['created'], down: ['created'] });
    await keep();
    fleet.revive('returned');
    await fleet.die('died');
    await untilTold(faulty, { returned: ['created', 'closed'], died: ['created'] });
    await sleep(1000);
    await lose();
    await untilItSees(faulty);
    for (const server of ['down', 'died']) await untilFound(faulty, server);
    await untilQuiet(faulty);
    await assertToldDespiteLoss(faulty, ['down', 'died']);

    for (const name of ['down', 'died']) fleet.revive(name);
    await until('all is closed', 30_000, async () => (await faulty.system.alerts('&state=active')).length === 0);
    await untilQuiet(faulty);
    await assertToldDespiteLoss(faulty, []);
    expect(toldOf(offlineMails(faulty.system), 'reports')).toEqual([]);
  });
}

describe.concurrent('no closing is missed and nothing is told more than twice, when Redis loses what it acknowledged and', () => {
  it(
    'is restored from an older copy of its data',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      let copy = '';
      await loseWrites(
        faulty,
        async () => {
          copy = await faulty.redis.copyData();
        },
        async () => {
          await faulty.redis.end('SIGKILL');
          faulty.redis.putData(copy);
          await faulty.redis.start();
        },
      );
    }),
  );

  it(
    'has no append-only file and is killed after its last snapshot',
    inFaultSystem({ redis: { appendOnly: false } }, async (faulty) => {
      await faulty.begin(2);
      await loseWrites(
        faulty,
        () => faulty.redis.command('SAVE'),
        async () => {
          await faulty.redis.end('SIGKILL');
          await faulty.redis.start();
        },
      );
    }),
  );

  it(
    'fails over to a replica that had fallen behind',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const replica = await faulty.addReplica();
      await loseWrites(
        faulty,
        async () => replica.replication.cut('blackhole'),
        () => faulty.failOver(replica),
      );
    }),
  );

  it.for([
    ['is killed, having kept nothing', false],
    ['comes back without its data', true],
  ] as const)('%s: who reports is there again, and who dies later is found', ([, appendOnly], context) =>
    inFaultSystem({ redis: { appendOnly } }, async (faulty) => {
      await faulty.begin(2);
      await withFleet(faulty, ['reports', 'died', 'dies'], async (fleet) => {
        await fleet.die('died');
        await untilTold(faulty, { died: ['created'] });
        await untilNothingWaits(faulty);
        await sleep(1000);
        await faulty.redis.end('SIGKILL');
        if (appendOnly) faulty.redis.putData(null);
        await faulty.redis.start();
        await untilItSees(faulty);
        await until('both are there', 15_000, async () => (await faulty.system.status()).counts.servers.up === 2);
        await untilQuiet(faulty);
        // People had heard of it, so it stays, though the server is not known any more.
        const standing = (await faulty.system.alerts('&state=active')).map(({ server, kind }) => [server, kind]);
        expect(standing).toEqual([['died', 'offline']]);
        expect(lossesToldOf(faulty)).toBe(1);

        await fleet.die('dies');
        await untilTold(faulty, { dies: ['created'] });
        await untilQuiet(faulty);
        fleet.revive('dies');
        await untilTold(faulty, { dies: ['created', 'closed'] });
        await untilQuiet(faulty);
        const mails = offlineMails(faulty.system);
        expect(toldOf(mails, 'dies')).toEqual(['created', 'closed']);
        expect(toldOf(mails, 'reports')).toEqual([]);
        expect(toldOf(mails, 'died')).toEqual(['created']);
        expect(repeatsIn(mails)).toBe(0);
      });
    })(context),
  );

  it.for([
    ['an older copy of its data', true],
    ['no data at all', false],
  ] as const)('comes back with %s, while the server returns whose alert it lost', ([, hasCopy], context) =>
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      await withFleet(faulty, ['reports', 'died'], async (fleet) => {
        const copy = hasCopy ? await faulty.redis.copyData() : null;
        await fleet.die('died');
        await untilTold(faulty, { died: ['created'] });
        await sleep(1000);
        await faulty.redis.end('SIGKILL');
        faulty.redis.putData(copy);
        await faulty.redis.start();
        fleet.revive('died');
        await untilItSees(faulty);
        await untilQuiet(faulty);
        await untilTold(faulty, { died: ['created', 'closed'] });
        await assertToldDespiteLoss(faulty, []);
      });
    })(context),
  );
});
