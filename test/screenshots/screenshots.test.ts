/// <reference lib="dom" />
/** Makes the README's pictures from the demonstration: `npm run screenshots`. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AlertListView, ServerListView } from '@healthapp/shared/wire/api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPage, startBrowser } from '../harness/browser.ts';
import { type DemoProcess, startDemoProcess } from '../harness/demo-process.ts';
import { until } from '../harness/waiting.ts';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** The README is to be read on a train, too. */
const mostBytes = 200_000;

let demo: DemoProcess;
let browser: Browser;
let url = '';
/** One that is down, and the alert of that. */
let down: Down = { server: '', alert: '' };

interface Down {
  readonly server: string;
  readonly alert: string;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

/** Once there is something of everything to see. */
async function trouble(): Promise<Down | false> {
  const { servers } = await get<ServerListView>('/api/v1/servers?limit=1000');
  const { alerts } = await get<AlertListView>('/api/v1/alerts?state=active&limit=1000');
  const silent = servers.filter(({ state }) => state === 'silent').length;
  const kinds = new Set(alerts.map(({ kind }) => kind));
  const lasting = alerts.find(({ kind, state }) => kind === 'offline' && state === 'ongoing');
  const enough = silent >= 3 && ['offline', 'disk-full', 'dyno-crashed'].every((kind) => kinds.has(kind));
  if (!enough || lasting === undefined || lasting.server === null) return false;
  return { server: lasting.server, alert: lasting.id };
}

beforeAll(async () => {
  browser = await startBrowser();
  demo = startDemoProcess('--port', '0');
  url = await demo.url();
  down = await until('the fleet is in trouble', 300_000, trouble);
}, 500_000);
afterAll(async () => {
  await browser?.close();
  await demo?.close();
});

const wide = { width: 1280, height: 860 };
const phone = { width: 360, height: 740 };

const pictures: [string, () => string, { width: number; height: number }, 'light' | 'dark'][] = [
  ['overview-light', () => '/', wide, 'light'],
  ['servers-dark', () => '/servers', wide, 'dark'],
  ['overview-phone', () => '/', phone, 'dark'],
  ['server-light', () => `/server/${down.server}`, wide, 'light'],
  ['heroku-dark', () => '/server/heroku:shop', wide, 'dark'],
  ['alert-phone', () => `/alert/${down.alert}`, phone, 'light'],
];

it.each(pictures)('%s', async (name, path, viewport, colorScheme) => {
  const { page } = await openPage(browser, url + path(), { viewport, colorScheme });
  await allIsThere(page);
  const file = `${images}${name}.png`;
  await page.screenshot({ path: file });
  expect(statSync(file).size).toBeLessThan(mostBytes);
  await page.context().close();
});

/** Loaded and drawn: no skeleton, no bar without its minutes, no chart in sight without its lines. */
async function allIsThere(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => {
    const missing = document.querySelectorAll('.skeleton, .uptime-bar-none, .cell-not-yet').length;
    const charts = [...document.querySelectorAll('.chart')].filter(
      (chart) => chart.getBoundingClientRect().top < window.innerHeight,
    );
    const drawn = charts.every((chart) => {
      const canvas = chart.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((part) => part > 0) === true;
    });
    return missing === 0 && drawn && !/Loading/.test(document.querySelector('h1')?.textContent ?? '');
  });
}
