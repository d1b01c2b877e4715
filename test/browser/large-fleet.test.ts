/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPage, startBrowser, tooWide } from '../harness/browser.ts';
import { type System, startSystem } from '../harness/system.ts';

let system: System;
let browser: Browser;

const count = 1500;
const name = (at: number) => `host-${String(at).padStart(5, '0')}`;
const waiting = { timeout: 30_000 };

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({ config: { alert_process_interval: 1 } });
  await system.api();
  for (let at = 0; at < count; at += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, one) => system.heartbeat(name(at + one), { grace: 3600 })));
  }
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

it.each([
  ['on a desk', 1280],
  ['on a phone', 360],
])('many servers can be scrolled through %s, and few rows stand on the page', async (_, width) => {
  const { page, faults } = await openPage(browser, `${system.apiUrl}/servers?sort=name`, {
    viewport: { width, height: 800 },
  });
  try {
    await page.getByRole('link', { name: name(0), exact: true }).waitFor(waiting);
    await page.getByText('1,500 servers', { exact: true }).waitFor(waiting);
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBeLessThan(40);
    const most = await page.evaluate(async () => {
      let rows = 0;
      for (let at = -1; at !== window.scrollY; ) {
        at = window.scrollY;
        window.scrollBy(0, 2000);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        rows = Math.max(rows, document.querySelectorAll('tbody tr').length);
      }
      return rows;
    });
    expect(most).toBeLessThan(40);
    await page.keyboard.press('End');
    await page.getByRole('link', { name: name(count - 1), exact: true }).waitFor(waiting);
    expect(await rows.count()).toBeLessThan(40);
    expect(await rows.last().getAttribute('aria-rowindex')).toBe(String(count + 1));
    // In the order that a reader and the Tab key meet them.
    const indexes = await rows.evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))));
    expect(indexes).toEqual([...indexes].sort((one, other) => one - other));
    await page.keyboard.press('/');
    await page.keyboard.type('00777');
    await page.getByText('1 server matches', { exact: true }).waitFor(waiting);
    expect(await page.locator('tbody .name').allInnerTexts()).toEqual([name(777)]);
    expect(await tooWide(page)).toEqual([]);
    expect(faults).toEqual([]);
  } finally {
    await page.context().close();
  }
});
