import type { SilenceView } from '@healthapp/shared/wire/api';
import { afterEach, describe, expect, it } from 'vitest';
import { eventOf, type System, serverOf, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

let system: System;
afterEach(() => system.close());

async function start(config: Readonly<Record<string, unknown>>): Promise<void> {
  system = await startSystem({ config: { alert_process_interval: 1, alert_send_email_interval: -1, ...config } });
  await system.api();
  await system.processor();
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(system.apiUrl + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  expect(response.ok).toBe(true);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const told = () => system.mails().map((mail) => `${serverOf(mail)} ${eventOf(mail)}`);

describe('200 servers that are cut off together', () => {
  it('are one notification, known before the first deadline, and one more when they are back', async () => {
    await start({});
    const names = Array.from({ length: 200 }, (_, index) => `host-${index}`);
    const report = async () => {
      const body = { interval: 1, grace: 25 };
      const statuses = await Promise.all(names.map((name) => system.heartbeat(name, body)));
      expect(statuses.every((status) => status === 202)).toBe(true);
    };
    await report();
    const cutAt = performance.now();
    await until('it is told', 20_000, () => system.mails().length > 0);
    expect(performance.now() - cutAt).toBeLessThan(20_000);
    expect(told()).toEqual([' created']);
    expect(system.mails()[0]?.mail.subject).toMatch(/200/);
    expect((await system.status()).fleet).toMatchObject([{ kind: 'mass-silence' }]);

    await until('every one is recorded as offline', 30_000, async () => {
      const alerts = await system.alerts('&state=active&kind=offline');
      return alerts.length === names.length;
    });
    await sleep(3000);
    expect(told()).toEqual([' created']);
    const [one] = await system.alerts('&state=active&kind=offline');
    expect((await system.alert(one?.id ?? '')).notifications).toMatchObject([
      { state: 'held', heldBecause: 'mass-silence' },
    ]);

    await report();
    const back = setInterval(() => void report().catch(() => {}), 1000);
    try {
      await until('it is told that they are back', 15_000, () => told().length > 1);
      await sleep(3000);
    } finally {
      clearInterval(back);
    }
    expect(told()).toEqual([' created', ' closed']);
    expect(await system.alerts('&state=active')).toEqual([]);
    expect((await system.status()).fleet).toEqual([]);
  });
});

describe('several servers that die at once', () => {
  it('are told of as one and then as one more message', async () => {
    await start({ mass_silence: false, group_window: 3 });
    const names = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5'];
    for (const name of names) await system.heartbeat(name, { interval: 1, grace: 3 });
    await until('all are told of', 20_000, async () => {
      const alerts = await Promise.all((await system.alerts('&state=active')).map(({ id }) => system.alert(id)));
      return (
        alerts.length === names.length && alerts.every(({ notifications: [first] }) => first?.state === 'accepted')
      );
    });
    await sleep(1000);
    expect(system.mails()).toHaveLength(2);
    const [, group] = system.mails();
    expect(names.filter((name) => group?.mail.text?.includes(name))).toHaveLength(4);
  });
});

describe('an operator', () => {
  it('silences a server for its upgrade, and hears of what outlasts that', async () => {
    await start({ server_staleness_duration: 3 });
    const silence = await call<SilenceView>('POST', '/api/v1/silences', {
      match: { server: 'db-*', kind: 'offline' },
      endsAt: Date.now() + 600_000,
      reason: 'upgrade',
    });
    for (const name of ['db-1', 'db-2', 'web-1']) await system.heartbeat(name, { interval: 1, grace: 3 });
    await until('the other is told of', 10_000, () => told().includes('web-1 created'));
    await until('all are recorded', 5000, async () => (await system.alerts('&state=active')).length === 3);
    const back = setInterval(() => void system.heartbeat('db-2', { interval: 1, grace: 3 }).catch(() => {}), 500);
    try {
      await until('one is back', 5000, async () => (await system.alerts('&state=active')).length === 2);
      await sleep(1000);
      expect(told()).toEqual(['web-1 created']);
      const [held] = await system.alerts('&state=active&server=db-1');
      expect(held?.silencedUntil).toBe(silence.endsAt);
      await call('DELETE', `/api/v1/silences/${silence.id}`);
      await until('what outlasted it is told', 15_000, () => told().includes('db-1 created'));
      await sleep(1000);
      expect(told()).toEqual(['web-1 created', 'db-1 created']);
    } finally {
      clearInterval(back);
    }
  });

  it('acknowledges an alert, is not reminded of it, and hears when it is over', async () => {
    await start({ server_staleness_duration: 3, alert_send_email_interval: 2 });
    await system.heartbeat('db-1', { interval: 1, grace: 3 });
    await until('a reminder', 15_000, () => told().includes('db-1 ongoing'));
    const [alert] = await system.alerts('&state=active');
    await call('POST', `/api/v1/alerts/${alert?.id}/ack`, { comment: 'on it' });
    await sleep(500);
    const before = told().length;
    await sleep(5000);
    expect(told()).toHaveLength(before);
    expect(await system.alert(alert?.id ?? '')).toMatchObject({ acknowledgedComment: 'on it' });
    await system.heartbeat('db-1', { interval: 1, grace: 60 });
    await until('the closing', 5000, () => told().at(-1) === 'db-1 closed');
  });
});
