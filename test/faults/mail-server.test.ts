import { describe, expect, it } from 'vitest';
import { offlineMails, repeatsIn } from '../harness/account.ts';
import { sleep } from '../harness/waiting.ts';
import { assertTold, inFaultSystem, undergo, untilNothingWaits, untilQuiet, untilTold, withFleet } from './ordeal.ts';

const later = { code: 451, text: 'try again later' };

describe.concurrent('who dies and who returns is told of once, when the mail server', () => {
  it(
    'is down for 6 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 6000,
        begin: ({ system }) => system.smtp.close(),
        end: ({ system, mailServer }) => system.smtp.open(mailServer),
      });
    }),
  );

  it(
    'puts everything off for 6 s',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin();
      await undergo(faulty, {
        forMs: 6000,
        begin: async ({ mailServer }) => {
          mailServer.message = () => later;
        },
        end: async ({ mailServer }) => {
          delete mailServer.message;
        },
      });
    }),
  );

  it(
    'takes 12 s over each message',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      await undergo(faulty, {
        forMs: 16_000,
        begin: async ({ mailServer }) => {
          mailServer.message = () => sleep(12_000).then(() => undefined);
        },
        end: async ({ mailServer }) => {
          delete mailServer.message;
        },
      });
    }),
  );

  it(
    'hangs once it has the message, for longer than the sender waits',
    inFaultSystem({}, async (faulty) => {
      await faulty.begin(2);
      await undergo(faulty, {
        forMs: 35_000,
        begin: async ({ mailServer }) => {
          mailServer.message = () => sleep(60_000).then(() => later);
        },
        end: async ({ mailServer }) => {
          delete mailServer.message;
        },
      });
    }),
  );
});

describe.concurrent('a mail server that takes a message for one recipient of two', () => {
  const recipients = ['ops@example.com', 'gone@example.com'];

  it(
    'and refuses the other for good: the first gets each mail once',
    inFaultSystem({ config: { email_recipients: recipients } }, async (faulty) => {
      faulty.mailServer.recipient = (address) =>
        address === 'gone@example.com' ? { code: 550, text: 'no such user' } : undefined;
      await faulty.begin();
      await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
        await fleet.die('dies');
        await untilTold(faulty, { dies: ['created'] });
        fleet.revive('dies');
        await untilTold(faulty, { dies: ['created', 'closed'] });
        await untilNothingWaits(faulty);
        await untilQuiet(faulty);
        await assertTold(faulty, { dies: ['created', 'closed'] });
        expect(offlineMails(faulty.system).map((mail) => mail.recipients)).toEqual([
          ['ops@example.com'],
          ['ops@example.com'],
        ]);
      });
    }),
  );

  it(
    'and puts the other off: each gets the mail once',
    inFaultSystem({ config: { email_recipients: recipients } }, async (faulty) => {
      let asked = 0;
      faulty.mailServer.recipient = (address) => {
        if (address !== 'gone@example.com') return undefined;
        asked += 1;
        return asked < 3 ? later : undefined;
      };
      await faulty.begin();
      await withFleet(faulty, ['reports', 'dies'], async (fleet) => {
        await fleet.die('dies');
        await untilTold(faulty, { dies: ['created'] });
        await untilNothingWaits(faulty);
        await untilQuiet(faulty);
        const mails = offlineMails(faulty.system);
        expect(mails.flatMap((mail) => mail.recipients).sort()).toEqual([...recipients].sort());
        expect(repeatsIn(mails)).toBe(1);
        await assertTold(faulty, { dies: ['created'] }, 1);
      });
    }),
  );
});
