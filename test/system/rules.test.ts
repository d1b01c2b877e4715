/** What a rule has done at Heroku, by real processors that are killed in the middle of it. */
import type { AlertDetailView } from '@healthapp/shared/wire/api';
import { createDrainPasswords } from '@healthapp/shared/wire/server-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logplexBody, logplexLine } from '../harness/heroku/log-lines.ts';
import { type PlatformDouble, startPlatform } from '../harness/heroku/platform.ts';
import { eventOf, type RoleProcess, type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

const apps = Array.from({ length: 8 }, (_, index) => `shop-${index}`);

let system: System;
let platform: PlatformDouble;

beforeEach(async () => {
  platform = await startPlatform();
  for (const app of apps) platform.addApp(app);
  system = await startSystem({
    config: {
      group_window: 0,
      alert_send_email_interval: -1,
      heroku: { api_key: platform.apiKey, api_url: platform.url },
      rules: [{ app: '*', dyno: 'worker', error: 'R14', count: 3, within: '5m', action: 'restart-dyno' }],
    },
  });
  await system.api();
});
afterEach(async () => {
  await system.close();
  await platform.close();
});

/** Three errors of one dyno, as Heroku's drain delivers them. */
async function breach(app: string): Promise<void> {
  const heartbeat = { interval: 60, grace: 600, bootId: 'one', agent: { kind: 'heroku' }, heroku: {} };
  expect(await system.heartbeat(`heroku:${app}`, heartbeat)).toBe(202);
  const line = logplexLine(Date.now(), 'heroku', 'worker.1', 'Error R14 (Memory quota exceeded)');
  const password = createDrainPasswords(system.apiKey)(app);
  const response = await fetch(`${system.apiUrl}/heroku/drain/${app}`, {
    method: 'POST',
    body: new Uint8Array(logplexBody([line, line, line])),
    headers: {
      authorization: `Basic ${Buffer.from(`healthapp:${password}`).toString('base64')}`,
      'content-type': 'application/logplex-1',
      'logplex-drain-token': 'd.5f0c1d2e-0000-4000-8000-1234567890ab',
      'logplex-frame-id': `frame-${app}`,
      'logplex-msg-count': '3',
    },
  });
  expect(await response.json()).toMatchObject({ accepted: true, lines: 3 });
}

async function breaches(): Promise<AlertDetailView[]> {
  const open = await system.alerts('&kind=heroku-error');
  return Promise.all(open.map(({ id }) => system.alert(id)));
}

async function leaderAmong(processors: readonly RoleProcess[]): Promise<RoleProcess | undefined> {
  const { leader } = await system.status();
  const pid = leader?.id.split(':')[1];
  return processors.find((processor) => String(processor.pid) === pid);
}

describe('two processors', () => {
  it('have a dyno restarted once for each breach, and tell it with the first message', async () => {
    const processors = [await system.processor(), await system.processor()];
    await Promise.all(apps.map(breach));
    await until('all are told', 60_000, () => system.mails().length >= apps.length);
    expect(platform.restarts.toSorted()).toEqual(apps.map((app) => `${app} worker.1`));
    expect(platform.violations).toEqual([]);
    const alerts = await breaches();
    expect(alerts.map(({ summary }) => summary)).toEqual(
      apps.map(() => '3 of at least 3 R14 on worker in the last 5 minutes'),
    );
    expect(alerts.map(({ actions }) => actions.map(({ text }) => text))).toEqual(
      apps.map(() => ['worker.1 was restarted']),
    );
    for (const { mail } of system.mails()) expect(mail.text).toMatch(/^Action +worker\.1 was restarted$/m);
    await Promise.all(processors.map((processor) => processor.end()));
  });

  it('never send again what one sent before it was killed', async () => {
    // Heroku has the request, and has not answered yet.
    platform.behave({ delayMs: 8000 });
    const processors = [await system.processor(), await system.processor()];
    await breach('shop-0');
    const leader = await until('one leads', 20_000, () => leaderAmong(processors));
    await until('it has claimed the restart', 20_000, async () => {
      const [alert] = await breaches();
      return alert?.actions[0]?.state === 'claimed';
    });
    await leader.end('SIGKILL');
    const [left] = processors.filter((processor) => processor !== leader);
    await until('the other says that nobody knows', 60_000, async () => {
      const [alert] = await breaches();
      return alert?.actions[0]?.state === 'unknown';
    });
    await until('that is told', 30_000, () => system.mails().some((mail) => eventOf(mail) === 'created'));
    expect(system.mails().at(0)?.mail.text).toMatch(/^Action +it is not known whether worker\.1 was restarted/m);
    platform.behave({});
    // The next breach is one of its own, and restarts another dyno; this one is left alone.
    await breach('shop-1');
    await until('the next is done', 60_000, () => platform.restarts.includes('shop-1 worker.1'));
    expect(platform.restarts.filter((one) => one === 'shop-0 worker.1').length).toBeLessThanOrEqual(1);
    expect(await left?.end()).toBe(0);
  });
});

it('a processor without a key for what its rules want done does not start, and says why', async () => {
  const role = system.start('processor', { heroku: {} });
  expect(await role.exited).toBe(1);
  expect(role.output()).toContain(
    'rules[0] has the action restart-dyno, for which the processor needs a key: set heroku.api_key',
  );
});
