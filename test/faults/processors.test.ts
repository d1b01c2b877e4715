import { describe, expect, it } from 'vitest';
import { offlineMails, repeatsIn, toldOf } from '../harness/account.ts';
import type { FaultSystem, Place } from '../harness/fault-system.ts';
import type { Answers } from '../harness/smtp-peer.ts';
import { sleep, until } from '../harness/waiting.ts';
import { assertTold, inFaultSystem, undergo, untilQuiet, untilTold, withFleet } from './ordeal.ts';

async function leading(faulty: FaultSystem): Promise<Place> {
  return until('one leads', 15_000, () => faulty.leader());
}

async function standingBy(faulty: FaultSystem): Promise<Place> {
  const leader = await leading(faulty);
  return faulty.processors[0] === leader ? faulty.processors[1] : faulty.processors[0];
}

describe.concurrent('who dies and who returns is told of once, when the only processor', () => {
  it(
    'is killed for 4 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 4000,
        begin: async ({ processors }) => processors[0].process?.end('SIGKILL'),
        end: async ({ processors }) => processors[0].start(),
      });
    }),
  );

  it(
    'is paused for 8 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 8000,
        begin: async ({ processors }) => processors[0].process?.signal('SIGSTOP'),
        end: async ({ processors }) => processors[0].process?.signal('SIGCONT'),
      });
    }),
  );
});

describe.concurrent('who dies and who returns is told of once, when of two processors', () => {
  it(
    'the leader is killed: the other finds what falls due meanwhile',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const leader = await leading(faulty);
      await undergo(faulty, {
        forMs: 8000,
        begin: async () => leader.process?.end('SIGKILL'),
        end: async () => {
          expect(await leading(faulty)).not.toBe(leader);
          leader.start();
        },
      });
    }),
  );

  it(
    'the leader is paused for 12 s: it does nothing a second time once it wakes up',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const leader = await leading(faulty);
      await undergo(faulty, {
        forMs: 12_000,
        begin: async () => leader.process?.signal('SIGSTOP'),
        end: async () => {
          expect(await leading(faulty)).not.toBe(leader);
          leader.process?.signal('SIGCONT');
        },
      });
    }),
  );

  it(
    'the one that stands by is killed',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const standby = await standingBy(faulty);
      await undergo(faulty, {
        forMs: 4000,
        begin: async () => standby.process?.end('SIGKILL'),
        end: async () => standby.start(),
      });
    }),
  );

  it(
    'the one that stands by is paused for 8 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      const standby = await standingBy(faulty);
      await undergo(faulty, {
        forMs: 8000,
        begin: async () => standby.process?.signal('SIGSTOP'),
        end: async () => standby.process?.signal('SIGCONT'),
      });
    }),
  );
});

describe.concurrent('a mail that was taken but not recorded comes twice under one Message-ID, and no other does', () => {
  it('when the leader is killed while the mail server holds it', heldWhile('SIGKILL'));
  it('when the leader is paused while the mail server holds it', heldWhile('SIGSTOP'));
});

/** The mail server holds the first message until its sender was hurt, and takes it all the same. */
function heldWhile(signal: 'SIGKILL' | 'SIGSTOP') {
  let arrived = () => {};
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let messages = 0;
  const mailServer: Answers = {
    async message() {
      messages += 1;
      if (messages > 1) return undefined;
      arrived();
      await released;
      return undefined;
    },
  };
  return inFaultSystem({ mailServer }, async (faulty) => {
    await faulty.begin(2);
    const leader = await leading(faulty);
    await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
      await fleet.die('dies');
      await held;
      leader.process?.signal(signal);
      letGo();
      await until('it was taken', 5000, () => offlineMails(faulty.system).length === 1);
      await until('it was sent again', 30_000, () => offlineMails(faulty.system).length === 2);
      if (signal === 'SIGSTOP') leader.process?.signal('SIGCONT');
      else leader.start();
      await sleep(2000);
      await untilQuiet(faulty);
      await assertTold(faulty, { dies: ['created'] }, 1);
      expect(repeatsIn(offlineMails(faulty.system))).toBe(1);

      fleet.revive('dies');
      await untilTold(faulty, { dies: ['created', 'closed'] });
      await untilQuiet(faulty);
      await assertTold(faulty, { dies: ['created', 'closed'] }, 1);
      expect(toldOf(offlineMails(faulty.system), 'reports')).toEqual([]);
    });
  });
}
