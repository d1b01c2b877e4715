import type { AlertView } from '@healthapp/shared/wire/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, type RoleProcess, type System, serverOf, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

const servers = Array.from({ length: 60 }, (_, index) => `host-${String(index).padStart(2, '0')}`);

let system: System;

beforeEach(async () => {
  system = await startSystem({
    config: {
      server_staleness_duration: 3,
      alert_send_email_interval: -1,
      alert_process_interval: 1,
      // Each server is told of by itself: that is what is counted here.
      mass_silence: false,
      group_window: 0,
    },
    // Slow enough that a leader is always in the middle of its work.
    smtp: { message: () => sleep(150).then(() => undefined) },
  });
});
afterEach(() => system.close());

async function heartbeats(): Promise<void> {
  const statuses = await Promise.all(servers.map((server) => system.heartbeat(server, { interval: 1, grace: 3 })));
  expect(statuses.every((status) => status === 202)).toBe(true);
}

/** Which of these processes the system says leads. */
async function leaderAmong(processors: readonly RoleProcess[], other?: RoleProcess): Promise<RoleProcess | undefined> {
  const { leader } = await system.status();
  const pid = leader?.id.split(':')[1];
  const found = processors.find((processor) => String(processor.pid) === pid);
  return found === other ? undefined : found;
}

/** One mail for each server and event, but for repeats under the same Message-ID. */
function assertToldOnce(event: string, mostRepeats: number): void {
  const ids = new Map<string, Set<string>>();
  let mails = 0;
  for (const mail of system.mails().filter((one) => eventOf(one) === event)) {
    mails += 1;
    const seen = ids.get(serverOf(mail)) ?? new Set();
    seen.add(mail.mail.messageId ?? '');
    ids.set(serverOf(mail), seen);
  }
  expect([...ids.keys()].sort()).toEqual(servers);
  for (const seen of ids.values()) expect(seen.size).toBe(1);
  expect(mails - servers.length).toBeLessThanOrEqual(mostRepeats);
}

describe('two processors', () => {
  it('lose and double nothing when the leader is killed in the middle of a pass, and the next is stopped for 10 s', async () => {
    await system.api();
    const processors = [await system.processor(), await system.processor()];
    await heartbeats();
    const first = await until('one leads', 5000, () => leaderAmong(processors));

    await until('some mails are out, and others not', 15_000, () => system.mails().length >= 5);
    await first.end('SIGKILL');
    expect(system.mails().length).toBeLessThan(servers.length);

    const second = await until('the other leads', 10_000, () => leaderAmong(processors, first));
    await until('it sends', 20_000, () => system.mails().length >= 20);
    second.signal('SIGSTOP');
    const third = await system.processor();
    await sleep(10_000);
    second.signal('SIGCONT');

    await until('all are told', 30_000, () => {
      const told = new Set(
        system
          .mails()
          .filter((mail) => eventOf(mail) === 'created')
          .map(serverOf),
      );
      return told.size === servers.length;
    });
    await sleep(2000);
    const open: AlertView[] = await system.alerts('&state=active');
    expect(open.map(({ server }) => server).sort()).toEqual(servers);
    // At most what was under way at the kill and at the stop, four places each.
    assertToldOnce('created', 8);

    await heartbeats();
    const keepAlive = setInterval(() => void heartbeats().catch(() => {}), 1000);
    try {
      await until('all closings are told', 30_000, () => {
        const told = new Set(
          system
            .mails()
            .filter((mail) => eventOf(mail) === 'closed')
            .map(serverOf),
        );
        return told.size === servers.length;
      });
      await sleep(1500);
    } finally {
      clearInterval(keepAlive);
    }
    expect(await system.alerts('&state=active')).toEqual([]);
    expect(await system.alerts('&state=closed')).toHaveLength(servers.length);
    assertToldOnce('closed', 0);
    expect((await system.status()).notifications.waiting).toBe(0);
    expect([await second.end(), await third.end()]).toEqual([0, 0]);
  });
});
