import type { AlertListView, AppEventListView, ServerListView, SilenceListView } from '@healthapp/shared/wire/api';
import type { HistoryView } from '@healthapp/shared/wire/history';
import type { NotificationListView } from '@healthapp/shared/wire/notifications';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoProcess, startDemoProcess } from '../harness/demo-process.ts';
import { until } from '../harness/waiting.ts';

let demo: DemoProcess;
let url = '';

async function get<T>(path: string): Promise<T> {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

beforeAll(async () => {
  demo = startDemoProcess('--port', '0', '--servers', '12', '--seed', 'test');
  url = await demo.url();
}, 200_000);
afterAll(() => demo?.close());

it('shows an invented fleet with 30 days of past, which dies before one’s eyes, and is gone after Ctrl-C', async () => {
  const { servers } = await get<ServerListView>('/api/v1/servers?bars=24h');
  const hosts = servers.filter(({ kind }) => kind === 'host');
  expect(hosts).toHaveLength(12);
  for (const { bars } of servers) expect(bars).toMatch(/^[updsb]{48}$/);
  for (const range of ['24h', '7d', '30d']) {
    const { series, uptime } = await get<HistoryView>(`/api/v1/servers/${hosts[0]?.name}/history?range=${range}`);
    expect(series.columns.length).toBeGreaterThan(0);
    for (const { avg } of series.columns) expect(avg.filter((one) => one === null).length).toBeLessThan(avg.length / 4);
    // The very first slots may lie before the past that was invented.
    expect(uptime.unknown.slice(12).reduce((sum, minutes) => sum + minutes, 0)).toBeLessThanOrEqual(2);
  }
  const { alerts: past } = await get<AlertListView>('/api/v1/alerts?state=closed&limit=1000');
  const { notifications } = await get<NotificationListView>('/api/v1/notifications?state=accepted&limit=1000');
  expect(past.length).toBeGreaterThan(0);
  for (const { id, createdAt, closedAt } of past) {
    expect(closedAt).toBeGreaterThan(createdAt);
    const told = notifications.filter(({ alertId }) => alertId === id).map(({ event }) => event);
    expect(told).toEqual(expect.arrayContaining(['created', 'closed']));
  }
  const { silences } = await get<SilenceListView>('/api/v1/silences');
  expect(silences.map(({ active }) => active)).toEqual([false, false]);
  await until('a server that died has its alert', 120_000, async () => {
    const { alerts } = await get<AlertListView>('/api/v1/alerts?state=active');
    return alerts.some(({ kind }) => kind === 'offline');
  });
  const apps = servers.filter(({ name }) => name.startsWith('heroku:'));
  expect(apps.map(({ name }) => name)).toEqual(['heroku:invoices', 'heroku:shop']);
  await until('what was released in the last weeks is told of both apps', 120_000, async () => {
    const lists = await Promise.all(apps.map(({ name }) => get<AppEventListView>(`/api/v1/servers/${name}/events`)));
    return lists.every(({ events }) => events.some(({ kind }) => kind === 'deploy'));
  });
  expect(await demo.process.end('SIGTERM')).toBe(0);
  expect(demo.leftBehind()).toEqual([]);
});

it('says what is wrong with its flags', async () => {
  const refused = startDemoProcess('--servers', 'many');
  try {
    expect(await refused.process.exited).toBe(1);
    expect(refused.process.output()).toContain('--servers: give a whole number from 1 to 20000');
  } finally {
    await refused.close();
  }
});
