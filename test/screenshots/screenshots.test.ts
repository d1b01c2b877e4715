/** Makes the README's pictures: `npm run screenshots`. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { openPage, startBrowser } from '../harness/browser.ts';
import { hosts } from '../harness/fleet-of-hosts.ts';
import { type System, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));

let system: System;
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({ config: { alert_process_interval: 1, alert_send_email_interval: -1 } });
  await system.api();
  await system.processor();
  const { 'web-3': dead, ...living } = hosts;
  await system.heartbeat('web-3', { ...dead, interval: 1, grace: 1 });
  for (const [name, facts] of Object.entries(living)) await system.heartbeat(name, { ...facts, grace: 600 });
  await until('both alerts are open', 15_000, async () => (await system.alerts('&state=active')).length === 2);
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

const wide = { width: 1280, height: 860 };
const phone = { width: 360, height: 740 };

it.each([
  ['overview-light', '/', wide, 'light'],
  ['servers-dark', '/servers', wide, 'dark'],
  ['overview-phone', '/', phone, 'dark'],
] as const)('%s', async (name, path, viewport, colorScheme) => {
  const { page } = await openPage(browser, system.apiUrl + path, { viewport, colorScheme });
  await page.getByText('db-2').first().waitFor();
  await sleep(700);
  await page.screenshot({ path: `${images}${name}.png` });
  await page.context().close();
});
