/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFaults, openPage, startBrowser, tooWide } from '../harness/browser.ts';
import { hosts } from '../harness/fleet-of-hosts.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

let system: System;
let browser: Browser;
let alertId: string;
let reporting: NodeJS.Timeout;

const alive = { interval: 2, grace: 600 };

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({ config: { alert_process_interval: 1, alert_send_email_interval: -1 } });
  await system.api();
  await system.processor();
  const report = () =>
    Promise.all(Object.entries(hosts).map(([name, facts]) => system.heartbeat(name, { ...facts, ...alive })));
  await report();
  reporting = setInterval(() => void report().catch(() => {}), 2000);
  await system.heartbeat('web-4', { interval: 1, grace: 1 });
  await until('both alerts are open', 15_000, async () => (await system.alerts('&state=active')).length === 2);
  alertId = (await system.alerts('&state=active&kind=offline'))[0]?.id ?? '';
});
afterAll(async () => {
  clearInterval(reporting);
  await browser?.close();
  await system?.close();
});

const pages: [string, () => string, RegExp][] = [
  ['the overview', () => '/', /1 of 14 servers is down/],
  ['the servers', () => '/servers', /db-2/],
  ['a server', () => '/server/db-2', /97/],
  ['a server that is down', () => '/server/web-4', /web-4/],
  ['a server that does not exist', () => '/server/nobody', /nobody/],
  ['how to add a server', () => '/add-server', /healthapp key/],
  ['the alerts', () => '/alerts', /web-4/],
  ['an alert', () => `/alert/${alertId}`, /web-4/],
  ['the silences', () => '/silences', /[Ss]ilence/],
  ['the receivers', () => '/receivers', /E-mail/],
  ['the notifications', () => '/notifications', /New alert: /],
  ['notifications of which there are none', () => '/notifications?state=refused', /No notification is like that/],
  ['the routes', () => '/routes', /Who would be told/],
  ['a page that does not exist', () => '/nothing/here', /./],
];

describe.each([
  ['wide, light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const }],
  ['wide, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' as const }],
  ['360 px, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' as const }],
  ['360 px, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }],
])('%s', (_, options) => {
  it.each(pages)('%s says what it should, fits, and has no fault that axe finds', async (name, path, text) => {
    const { page, faults } = await openPage(browser, system.apiUrl + path(), options);
    try {
      await page.getByText(text).first().waitFor({ timeout: 10_000 });
      expect(await tooWide(page)).toEqual([]);
      expect(await axeFaults(page)).toEqual([]);
      // A page about what does not exist asks for it, and the browser notes the 404.
      expect(faults.filter((fault) => !(name.includes('not exist') && fault.includes('404')))).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});

describe('the address that a list and a name make', () => {
  it.each([
    ['a server', () => '/servers/web-4', () => '/server/web-4', 'web-4'],
    ['an alert', () => `/alerts/${alertId}`, () => `/alert/${alertId}`, /web-4/],
  ])('leads to the page of %s, and back leads past it', async (_, inList, own, heading) => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/rules`);
    try {
      await page.goto(system.apiUrl + inList());
      await page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: 10_000 });
      expect(page.url()).toBe(system.apiUrl + own());
      await page.goBack();
      await expect.poll(() => page.url()).toBe(`${system.apiUrl}/rules`);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});

describe('an open page', () => {
  it('says within a second of the alert that a server died, and that it is back, without a reload', async () => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/servers`);
    try {
      await page.getByText('web-1', { exact: true }).first().waitFor();
      await page.evaluate(() => {
        (window as unknown as { stayed: boolean }).stayed = true;
      });
      await system.heartbeat('web-5', { interval: 1, grace: 2 });
      await page.getByText('web-5', { exact: true }).first().waitFor({ timeout: 3000 });
      const isOpen = async () => (await system.alerts('&state=active&server=web-5')).length === 1;
      await until('the alert is open', 10_000, isOpen);
      const row = page.locator('tr, li, article').filter({ hasText: 'web-5' }).first();
      await expect.poll(() => row.innerText(), { timeout: 1000 }).toMatch(/down/i);
      await system.heartbeat('web-5', { interval: 1, grace: 600 });
      await expect.poll(() => row.innerText(), { timeout: 1500 }).toMatch(/up/i);
      expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  it.each(['light', 'dark'] as const)(
    'shows what is typed: a field in focus has the ground of any other (%s)',
    async (colorScheme) => {
      const { page } = await openPage(browser, `${system.apiUrl}/silences?new=1`, { colorScheme });
      try {
        const field = page.getByLabel('Server', { exact: true });
        await field.waitFor();
        const ground = () => field.evaluate((element) => getComputedStyle(element).backgroundColor);
        await page.getByLabel('Why').focus();
        const unfocused = await ground();
        await field.fill('db-*');
        await expect.poll(ground).toBe(unfocused);
        expect(await axeFaults(page)).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );

  it('can be used by keyboard alone: / searches, and a server is reached by Tab and Enter', async () => {
    const { page } = await openPage(browser, `${system.apiUrl}/servers`);
    try {
      await page.getByText('web-1', { exact: true }).first().waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('queue');
      await expect.poll(() => page.url()).toContain('search=queue');
      await expect.poll(() => page.getByText('web-1', { exact: true }).count()).toBe(0);
      const link = page.getByRole('link', { name: 'queue-1' }).first();
      const reached = async () => {
        await page.keyboard.press('Tab');
        return link.evaluate((element) => element === document.activeElement);
      };
      await expect.poll(reached, { timeout: 10_000, interval: 20 }).toBe(true);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url()).toMatch(/\/server\/queue-1$/);
    } finally {
      await page.context().close();
    }
  });

  it('says that it is cut off while the API is away, and goes on when it is back', async () => {
    const own = await startSystem({ config: { alert_process_interval: 1 } });
    try {
      const api = await own.api();
      await own.processor();
      await own.heartbeat('web-1', alive);
      const { page } = await openPage(browser, `${own.apiUrl}/servers`);
      await page.getByText('web-1', { exact: true }).first().waitFor();
      await api.end('SIGKILL');
      const cutOff = page.getByText(/not live since/i).first();
      await cutOff.waitFor({ timeout: 10_000 });
      await own.api();
      await cutOff.waitFor({ state: 'hidden', timeout: 20_000 });
      await own.heartbeat('web-2', alive);
      await page.getByText('web-2', { exact: true }).first().waitFor({ timeout: 5000 });
      await page.context().close();
    } finally {
      await own.close();
    }
  });
});
