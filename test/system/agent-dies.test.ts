import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, type RoleProcess, type System, serverOf, startSystem, threadOf } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

const stalenessMs = 4000;
const reminderMs = 2000;

let system: System;

beforeEach(async () => {
  system = await startSystem({
    config: {
      server_staleness_duration: stalenessMs / 1000,
      alert_send_email_interval: reminderMs / 1000,
      alert_process_interval: 1,
    },
  });
});
afterEach(() => system.close());

const events = (server?: string) =>
  system
    .mails()
    .filter((mail) => server === undefined || serverOf(mail) === server)
    .map(eventOf);

async function startAgent(wrapper: readonly string[] = []): Promise<RoleProcess> {
  const agent = system.agent('web-1', { interval: 1 }, wrapper);
  await until('the server is up', 10_000, async () => (await system.server('web-1')).state === 'up').catch((error) => {
    throw new Error(`${error.message}\n${agent.output()}`);
  });
  return agent;
}

describe('an agent that is killed', () => {
  it('is told of once in time, then by reminders at the interval, then once when it is back, in one thread', async () => {
    await system.api();
    await system.processor();
    const agent = await startAgent();

    await agent.end('SIGKILL');
    const killedAt = performance.now();
    await until('the first mail', stalenessMs + 1000, () => system.mails().length > 0);
    expect(performance.now() - killedAt).toBeGreaterThan(stalenessMs - 1500);
    expect(events()).toEqual(['created']);
    expect(await system.server('web-1')).toMatchObject({ state: 'silent', problems: [{ kind: 'offline' }] });

    await sleep(3 * reminderMs - 500);
    expect(events()).toEqual(['created', 'ongoing', 'ongoing']);
    const [ongoing] = await system.alerts('&state=active');
    expect(ongoing).toMatchObject({ server: 'web-1', state: 'ongoing' });

    await startAgent();
    await until('the closing mail', 3000, () => events().includes('closed'));
    const closed = await system.alert(ongoing?.id ?? '');
    expect(closed).toMatchObject({ state: 'closed', closedBecause: 'recovered' });
    expect(closed.durationMs).toBeGreaterThan(2 * reminderMs);
    expect(closed.notifications.every(({ state }) => state === 'accepted')).toBe(true);

    await sleep(2 * reminderMs);
    expect(events().filter((event) => event === 'created')).toHaveLength(1);
    expect(events().filter((event) => event === 'closed')).toHaveLength(1);
    expect(events().at(-1)).toBe('closed');

    const [first, ...answers] = system.mails().map(threadOf);
    expect(first?.id).toMatch(/^<.+@monitor\.example>$/);
    expect(first?.inReplyTo).toBeUndefined();
    for (const answer of answers) {
      expect(answer.inReplyTo).toBe(first?.id);
      expect(answer.references).toContain(first?.id);
    }
    expect(new Set([first, ...answers].map((thread) => thread?.id)).size).toBe(system.mails().length);
    const last = system.mails().at(-1);
    expect(last?.mail.text).toMatch(/web-1/);
    expect(last?.mail.text).toMatch(/\d+ s/);
  });

  it('is not told of when it says goodbye and comes back', async () => {
    await system.api();
    await system.processor();
    const agent = await startAgent();
    expect(await agent.end('SIGTERM')).toBe(0);
    expect(await system.server('web-1')).toMatchObject({ state: 'stopped', goodbye: { by: 'agent' } });
    await startAgent();
    await sleep(stalenessMs + 1000);
    expect(system.mails()).toEqual([]);
    expect(await system.alerts()).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('a filesystem that fills up', () => {
  it('is told of once, reminded of, and told of once more when there is room again', async () => {
    const mountPoint = mkdtempSync(join(tmpdir(), 'healthapp-disk-'));
    try {
      await system.api();
      await system.processor();
      // A mount namespace of its own: no trace on the host, and no root needed where users may have one.
      const asUser = process.getuid?.() === 0 ? [] : ['--map-root-user'];
      const script = `mount -t tmpfs -o size=4m healthapp-test "${mountPoint}" && exec "$@"`;
      const agent = await startAgent(['unshare', '--mount', ...asUser, 'sh', '-c', script, 'sh']);
      const inside = `/proc/${agent.pid}/root${mountPoint}/filler`;

      writeFileSync(inside, Buffer.alloc(3 * 1024 * 1024));
      await sleep(2500);
      expect(await system.alerts()).toEqual([]);

      writeFileSync(inside, Buffer.alloc(4 * 1024 * 1024 - 65_536));
      await until('the first mail', 10_000, () => system.mails().length > 0);
      const [alert] = await system.alerts('&state=active');
      expect(alert).toMatchObject({ server: 'web-1', kind: 'disk-full', subject: mountPoint });
      await until('two reminders', 3 * reminderMs, () => events().length >= 3);

      rmSync(inside);
      await until('the closing mail', 10_000, () => events().includes('closed'));
      await sleep(reminderMs + 500);
      const seen = events();
      expect(seen.filter((event) => event === 'created')).toHaveLength(1);
      expect(seen.filter((event) => event === 'closed')).toHaveLength(1);
      expect(seen.at(-1)).toBe('closed');
      expect((await system.alert(alert?.id ?? '')).closedBecause).toBe('recovered');
      const root = threadOf(system.mails()[0] as never).id;
      for (const mail of system.mails().slice(1)) expect(threadOf(mail).inReplyTo).toBe(root);
      await agent.end('SIGKILL');
    } finally {
      rmSync(mountPoint, { recursive: true, force: true });
    }
  });
});
