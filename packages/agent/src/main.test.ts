import { afterEach, describe, expect, it } from 'vitest';
import { type Agent, runAgent, sayGoodbye, sendOnce } from './main.ts';
import { type ApiForTests, type ApiForTestsOptions, startApi } from './testing/api-for-tests.ts';
import { keptLog, optionsFor } from './testing/options-for-tests.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function api(options: ApiForTestsOptions = {}): Promise<ApiForTests> {
  const started = await startApi(options);
  opened.push(started);
  return started;
}

async function running(url: string, lines: readonly string[]): Promise<{ agent: Agent; log: string[] }> {
  const { lines: log, logger } = keptLog();
  const agent = await runAgent(optionsFor(url, lines, logger));
  opened.push(agent);
  return { agent, log };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 300 && !condition(); wait++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

describe('an agent', () => {
  it('reports its host at once and then at its interval, filesystems included', async () => {
    const { url, received } = await api();
    const lines = ['  interval: 200ms', '  grace: 90s', '  labels: {env: test}'];
    const { agent } = await running(url, lines);
    expect(agent.server).toBe('web-1');
    await eventually(() => received.length >= 3);
    for (const { heartbeat } of received) {
      expect(heartbeat).toMatchObject({
        interval: 0.2,
        grace: 90,
        labels: { env: 'test' },
        status: 'up',
        agent: { version: '1.0.0', kind: 'host' },
      });
      expect(heartbeat.host?.filesystems?.length).toBeGreaterThan(0);
    }
  });

  it.each([
    [['  grace: 90s'], 90],
    [['  interval: 200s'], 400],
    [['  interval: 30s'], 300],
  ])('with %j says goodbye for as long as its grace when it is closed', async (lines, expectBackWithin) => {
    const { url, received } = await api();
    const { agent, log } = await running(url, lines);
    await eventually(() => received.length === 1);
    await agent.close();
    const goodbye = received.at(-1)?.heartbeat;
    expect(goodbye).toMatchObject({ status: 'stopping', expectBackWithin });
    expect(goodbye).not.toHaveProperty('by');
    expect(goodbye?.host?.filesystems?.length).toBeGreaterThan(0);
    expect(log.at(-1)).toBe('info: said goodbye');
  });

  it('says one goodbye however often it is closed', async () => {
    const { url, received } = await api();
    const { agent } = await running(url, []);
    await eventually(() => received.length === 1);
    await Promise.all([agent.close(), agent.close()]);
    await agent.close();
    expect(received).toHaveLength(2);
  });

  it('is closed within 2 s although the API hangs', async () => {
    const { url, received, openConnections } = await api({ answering: () => true });
    const { agent, log } = await running(url, []);
    await eventually(() => received.length === 1);
    const begun = performance.now();
    await agent.close();
    const ms = performance.now() - begun;
    expect(ms).toBeGreaterThan(1900);
    expect(ms).toBeLessThan(4000);
    expect(log.at(-1)).toBe('warn: no goodbye: no answer within 2 s');
    await eventually(() => openConnections() === 0);
  });

  it('is closed at once although the API is away', async () => {
    const here = await api();
    const { agent, log } = await running(here.url, []);
    await eventually(() => here.received.length === 1);
    await here.close();
    const begun = performance.now();
    await agent.close();
    // A goodbye that is waited for would take 2 s.
    expect(performance.now() - begun).toBeLessThan(1800);
    expect(log.at(-1)).toMatch(/^warn: no goodbye: nothing listens at/);
    opened.splice(0);
  });

  it('comes back by itself when the API does', async () => {
    let away = true;
    const { url, log } = await (async () => {
      const started = await api({
        answering(response) {
          if (away) response.writeHead(503, { 'retry-after': '0' }).end();
          return away;
        },
      });
      const { log } = await running(started.url, ['  interval: 100ms']);
      return { url: started.url, log };
    })();
    await eventually(() => log.some((line) => line.startsWith('warn: heartbeat failed')));
    away = false;
    await eventually(() => log.some((line) => line.startsWith('info: heartbeats are accepted again')));
    expect(log[0]).toBe(`info: reporting web-1 to ${url}`);
  });
});

describe('a single heartbeat', () => {
  it('is sent once', async () => {
    const { url, received, openConnections } = await api();
    const { outcome, server } = await sendOnce(optionsFor(url, [], keptLog().logger));
    expect(server).toBe('web-1');
    expect(outcome.kind).toBe('accepted');
    expect(received).toHaveLength(1);
    await eventually(() => openConnections() === 0);
  });
});

describe("an operator's goodbye", () => {
  it.each([
    [600_000, { expectBackWithin: 600 }],
    [null, {}],
  ])('is sent once, for %j', async (forMs, fields) => {
    const { url, received } = await api();
    const { outcome } = await sayGoodbye({ ...optionsFor(url, [], keptLog().logger), forMs });
    expect(outcome.kind).toBe('accepted');
    expect(received).toHaveLength(1);
    expect(received[0]?.heartbeat).toMatchObject({ status: 'stopping', by: 'operator', ...fields });
    expect('expectBackWithin' in (received[0]?.heartbeat ?? {})).toBe(forMs !== null);
    expect(received[0]?.heartbeat.host?.filesystems?.length).toBeGreaterThan(0);
  });
});
