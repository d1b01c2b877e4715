import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, type System, serverOf, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

let system: System;

beforeEach(async () => {
  system = await startSystem({
    config: { server_staleness_duration: 3, alert_process_interval: 1, alert_send_email_interval: 2, group_window: 0 },
  });
});
afterEach(() => system.close());

describe('a mail server that is away while alerts open and close, and a processor that is restarted meanwhile', () => {
  it('gets every created and closed mail once it is back, and at most one reminder for each alert', async () => {
    await system.api();
    let processor = await system.processor();
    await system.smtp.close();

    const body = { interval: 1, grace: 3 };
    for (const server of ['passes', 'stays']) expect(await system.heartbeat(server, body)).toBe(202);
    await until('both are found', 10_000, async () => (await system.alerts('&state=active')).length === 2);
    await sleep(5000);
    expect(await processor.end('SIGKILL')).toBe('SIGKILL');
    processor = await system.processor();
    const keepAlive = setInterval(() => void system.heartbeat('passes', body).catch(() => {}), 500);
    try {
      await until('one is closed', 10_000, async () => (await system.alerts('&state=closed')).length === 1);
      await sleep(3000);
      const waiting = await system.alert((await system.alerts('&state=active'))[0]?.id ?? '');
      expect(waiting.notifications[0]).toMatchObject({ event: 'created', state: 'waiting' });
      expect(waiting.notifications[0]?.lastError).toMatch(/ECONNREFUSED/);

      // First it answers again, but takes nothing yet.
      await system.smtp.open({ recipient: () => ({ code: 451, text: 'greylisted, come back later' }) });
      await sleep(3000);
      await system.smtp.close();
      await system.smtp.open();
      const told = (server: string) =>
        system
          .mails()
          .filter((mail) => serverOf(mail) === server)
          .map(eventOf);
      await until('all is told', 60_000, () => told('passes').includes('closed') && told('stays').includes('created'));
      expect(told('passes')).toEqual(['created', 'closed']);
      const before = told('stays').filter((event) => event === 'ongoing').length;
      expect(before).toBeLessThanOrEqual(1);
      await until('reminders go on', 10_000, () => told('stays').filter((event) => event === 'ongoing').length >= 2);
      expect(told('stays').filter((event) => event === 'created')).toHaveLength(1);
    } finally {
      clearInterval(keepAlive);
    }
    expect(await processor.end()).toBe(0);
  });
});
