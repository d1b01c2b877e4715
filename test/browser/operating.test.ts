/// <reference lib="dom" />
import type { HistoryView } from '@healthapp/shared/wire/history';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from '../harness/browser.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

let system: System;
let browser: Browser;

const waiting = { timeout: 20_000 };

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({ config: { alert_process_interval: 1, alert_send_email_interval: -1 } });
  await system.api();
  await system.processor();
  const host = { load: [0.5, 0.4, 0.3], memory: { total: 8e9, used: 4e9 } };
  await system.heartbeat('web-1', { interval: 2, grace: 600, labels: { role: 'web' }, host });
  await system.heartbeat('web-9', { interval: 1, grace: 1, labels: { role: 'web' } });
  await until('its alert is open', 30_000, async () => (await system.alerts('&state=active')).length === 1);
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

describe('by mouse and keyboard', () => {
  it('acknowledges an alert, and takes that back', async () => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/alerts`);
    try {
      await page.getByRole('button', { name: 'Acknowledge the alert of web-9' }).click(waiting);
      await page.getByLabel('Comment').fill('on my way');
      await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByText('“on my way”').waitFor(waiting);
      const [alert] = await system.alerts('&state=active');
      expect(alert?.acknowledgedComment).toBe('on my way');
      await page.getByRole('button', { name: 'Take back the acknowledgement of the alert of web-9' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
      await page.getByRole('button', { name: 'Acknowledge the alert of web-9' }).waitFor(waiting);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  it('silences a server from its page', async () => {
    const { page } = await openPage(browser, `${system.apiUrl}/server/web-9`);
    try {
      await page.getByRole('link', { name: 'Silence', exact: true }).click(waiting);
      await page.getByLabel('Why').fill('a new disk');
      await page.getByRole('button', { name: 'Silence', exact: true }).click();
      await page.getByText('Silenced: Every alert of web-9').waitFor(waiting);
      const { silences } = await system.get<{ silences: { reason: string; match: { server: string } }[] }>(
        '/api/v1/silences',
      );
      expect(silences.map(({ reason, match }) => [reason, match.server])).toEqual([['a new disk', 'web-9']]);
    } finally {
      await page.context().close();
    }
  });

  it('tells times and values of the heartbeats to the arrow keys, and draws what was measured', async () => {
    await until('its load is known', 80_000, async () => {
      const { series } = await system.get<HistoryView>('/api/v1/servers/web-1/history');
      return series.columns.some((column) => column.name === 'load');
    });
    const { page, faults } = await openPage(browser, `${system.apiUrl}/server/web-1`);
    try {
      const bar = page.getByRole('slider', { name: 'Heartbeats over the last 24 h' });
      await bar.focus(waiting);
      const told = () => bar.getAttribute('aria-valuetext');
      expect(await told()).toMatch(/: up$/);
      await page.keyboard.press('Home');
      expect(await told()).toMatch(/: no data$/);
      const load = page.getByRole('slider', { name: 'Load over the last 24 h' });
      await load.locator('canvas').waitFor(waiting);
      expect(await load.getAttribute('aria-valuetext')).toMatch(/: 0\.5\d?$/);
      await page.getByText('As a table: Load').click();
      await page.getByRole('columnheader', { name: 'Average' }).first().waitFor(waiting);
      // Pictures are drawn under the same policy as everything else.
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  it('forgets a server after it has asked', async () => {
    const { page } = await openPage(browser, `${system.apiUrl}/server/web-9`);
    try {
      await page.getByRole('button', { name: 'Forget it' }).click(waiting);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Forget it' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click();
      await page.getByText('1 server', { exact: true }).waitFor(waiting);
      expect(page.url()).toBe(`${system.apiUrl}/servers`);
      expect((await system.status()).counts.servers.total).toBe(1);
    } finally {
      await page.context().close();
    }
  });
});

describe('the notifications', () => {
  it('come by themselves, and can be narrowed to a state and a receiver', async () => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/notifications`);
    try {
      const rows = page.locator('.notification-list tbody tr');
      await rows.filter({ hasText: 'web-9' }).first().waitFor(waiting);
      await system.heartbeat('web-8', { interval: 1, grace: 1 });
      const fresh = rows.filter({ hasText: 'web-8' }).filter({ hasText: 'New alert: Offline' });
      await fresh.filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Refused' }).click();
      await page.getByText('No notification is like that').waitFor(waiting);
      expect(page.url()).toMatch(/\?state=refused$/);
      await page.getByRole('link', { name: 'Show all notifications' }).click();
      await page.getByLabel('Receiver').selectOption('default');
      await fresh.getByRole('link', { name: 'web-8' }).click(waiting);
      await page.getByRole('heading', { level: 1, name: /web-8/ }).waitFor(waiting);
      await page.getByRole('link', { name: 'default' }).first().click();
      await rows.filter({ hasText: 'web-8' }).first().waitFor(waiting);
      expect(page.url()).toMatch(/\?receiver=default$/);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});
