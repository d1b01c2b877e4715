/// <reference lib="dom" />
import { randomUUID } from 'node:crypto';
import type { MetricsView } from '@healthapp/shared/wire/metrics';
import type { RuleListView } from '@healthapp/shared/wire/rules';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChance } from '../../demo/chance.ts';
import { inventApps } from '../../demo/heroku/apps.ts';
import { appFactsAt } from '../../demo/heroku/facts.ts';
import { logBetween } from '../../demo/heroku/log.ts';
import { axeFaults, openPage, startBrowser, tooWide } from '../harness/browser.ts';
import { deliverLog } from '../harness/heroku/log-delivery.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

let system: System;
let browser: Browser;
/** Of the alert of the rule for H10. */
let breachId: string;

const minuteMs = 60_000;
const waiting = { timeout: 20_000 };
const chance = createChance('pages');
const apps = inventApps(chance);
/** Two minutes into the story, in which a dyno has crashed after a release. */
const storyAt = 2 * minuteMs;

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({
    config: {
      alert_process_interval: 1,
      alert_send_email_interval: -1,
      rules: [
        { app: 'shop', dyno: 'web', error: 'H12', count: 1000, within: '5m' },
        { app: 'shop', dyno: 'web', error: 'H10', count: 5, within: '1h', action: 'restart-dyno' },
      ],
      dry_run: true,
    },
  });
  await system.api();
  await system.processor();
  const begins = Date.now() - storyAt;
  for (const app of apps) {
    const heroku = appFactsAt(app, chance, storyAt, begins);
    await system.heartbeat(`heroku:${app.name}`, { bootId: 'poller', interval: 600, grace: 3000, heroku });
  }
  const [shop] = apps;
  if (shop === undefined) throw new Error('no app was invented');
  const lines = logBetween(shop, chance, 0, storyAt, begins);
  const { apiUrl, apiKey } = system;
  await deliverLog({ apiUrl, apiKey, app: shop.name, source: `d.${randomUUID()}` }, lines);
  await until('the rule is breached', 60_000, async () => {
    const [alert] = await system.alerts('&state=active&kind=heroku-error');
    breachId = alert?.id ?? '';
    return alert?.actions.some(({ state }) => state === 'dry-run') === true;
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

const modes = [
  ['wide, light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const }],
  ['wide, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' as const }],
  ['360 px, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' as const }],
  ['360 px, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }],
] as const;

const pages: [string, () => string, RegExp][] = [
  ['an app', () => '/server/heroku:shop', /These numbers as CSV/],
  [
    'an app whose log nobody delivers',
    () => '/server/heroku:invoices',
    /heroku drains:add "\$\(healthapp key --drain invoices/,
  ],
  ['the rules', () => '/rules', /At least 1,?000 H12 on web of shop within 5 minutes/],
  ['a new rule', () => '/rules?new=1', /Try it on the last hour/],
  ['an alert of a rule', () => `/alert/${breachId}`, /\d+ of at least 5 H10 on web in the last hour/],
  ['what its rule has done', () => `/alert/${breachId}`, /web\.2 would have been restarted \(dry_run\)/],
];

describe.each(modes)('%s', (_, options) => {
  it.each(pages)('%s says what it should, fits, and has no fault that axe finds', async (_name, path, text) => {
    const { page, faults } = await openPage(browser, system.apiUrl + path(), options);
    try {
      await page.getByText(text).first().waitFor(waiting);
      expect(await tooWide(page)).toEqual([]);
      expect(await axeFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});

describe('the page of an app', () => {
  it('has dynos, the crashed one first, and pictures whose values the arrow keys tell', async () => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/server/heroku:shop`);
    try {
      const dynos = page.getByRole('table', { name: 'Dynos' });
      await expect.poll(() => dynos.getByRole('rowheader').first().innerText(), waiting).toContain('web.2');
      for (const one of ['Memory', 'Load', 'Requests a minute', 'Failed requests a minute', 'Service time']) {
        await page.getByRole('slider', { name: new RegExp(`^${one} over`) }).waitFor(waiting);
      }
      await page.getByRole('button', { name: '1 h', exact: true }).click();
      const memory = page.getByRole('slider', { name: 'Memory over the last 1 h' });
      await memory.scrollIntoViewIfNeeded(waiting);
      await memory.locator('canvas').waitFor(waiting);
      await expect.poll(() => memory.getAttribute('aria-valuetext'), waiting).toMatch(/web \d+ %, worker \d+ %/);
      await memory.focus();
      await memory.press('Home');
      await expect.poll(() => memory.getAttribute('aria-valuetext'), waiting).toMatch(/no data/);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  it.each([modes[0], modes[3]])(
    'has memory and load of one dyno for who chooses it, by keyboard too (%s)',
    async (_, options) => {
      const { page, faults } = await openPage(browser, `${system.apiUrl}/server/heroku:shop`, options);
      try {
        const told = page.getByText(/^Memory and load are those of/);
        await told.filter({ hasText: 'the highest dyno of each process type' }).waitFor(waiting);
        const choice = page.getByLabel('Dyno', { exact: true });
        expect(await choice.getByRole('option').allInnerTexts()).toEqual([
          'All',
          'web.1',
          'web.2',
          'web.3',
          'worker.1',
          'worker.2',
        ]);
        await choice.focus();
        for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
        await told.filter({ hasText: 'web.3, all else is of the whole app' }).waitFor(waiting);
        expect(await choice.evaluate((element) => element === document.activeElement)).toBe(true);
        const memory = page.getByRole('slider', { name: /^Memory over/ });
        await expect.poll(() => memory.getAttribute('aria-valuetext'), waiting).toMatch(/: web\.3 \d+ %(;|$)/);
        await page.getByRole('slider', { name: /^Requests a minute over/ }).waitFor(waiting);

        // Another span is of the same dyno.
        await page.getByRole('button', { name: '1 h', exact: true }).click();
        const hour = page.getByRole('slider', { name: 'Memory over the last 1 h' });
        await expect.poll(() => hour.getAttribute('aria-valuetext'), waiting).toMatch(/: web\.3 \d+ %(;|$)/);
        expect(await tooWide(page)).toEqual([]);
        expect(await axeFaults(page)).toEqual([]);

        const address = await page.getByRole('link', { name: 'Those of web.3 as CSV' }).getAttribute('href', waiting);
        const rows = (await (await fetch(system.apiUrl + address)).text()).trimEnd().split('\r\n').slice(1);
        expect(new Set(rows.map((row) => row.split(',')[1]))).toEqual(new Set(['web.3']));
        expect(faults).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );

  it('gives the numbers of its pictures as CSV', async () => {
    const { page } = await openPage(browser, `${system.apiUrl}/server/heroku:shop`);
    try {
      const link = page.getByRole('link', { name: 'These numbers as CSV' });
      const address = await link.getAttribute('href', waiting);
      const response = await fetch(system.apiUrl + address);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('text/csv'),
      ]);
      expect((await response.text()).split('\n').length).toBeGreaterThan(10);
      const json = await system.get<MetricsView>(`${address?.replace('&format=csv', '')}`);
      expect(json.series.map(({ name }) => name)).toEqual(expect.arrayContaining(['requests', 'memory', 'H10']));
    } finally {
      await page.context().close();
    }
  });
});

describe('the page for rules', () => {
  const ownRules = async () =>
    (await system.get<RuleListView>('/api/v1/rules')).rules.filter(({ source }) => source === 'own');

  it('tries, makes, changes and removes a rule; one of the configuration it leaves alone', async () => {
    const { page, faults } = await openPage(browser, `${system.apiUrl}/rules`);
    try {
      const ofConfiguration = page.getByRole('row').filter({ hasText: 'At least 1000 H12' });
      await ofConfiguration.getByText('Only in the configuration').waitFor(waiting);
      expect(await ofConfiguration.getByRole('button').count()).toBe(0);

      await page.getByRole('link', { name: 'New rule' }).click();
      await page.getByLabel('App', { exact: true }).fill('shop');
      await page.getByLabel('Dyno').fill('web');
      await page.getByLabel('What is counted').fill('h10');
      await page.getByLabel('At least').fill('2');
      await page.getByRole('button', { name: 'Try it on the last hour' }).click();
      await page
        .getByText(/of at least 2 H10 on web in the last 5 minutes/)
        .first()
        .waitFor(waiting);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved: at least 2 H10 on web of shop within 5 minutes').waitFor(waiting);
      expect((await ownRules()).map(({ error, count }) => [error, count])).toEqual([['H10', 2]]);

      await page.getByRole('link', { name: /^Change ?: at least 2 H10/ }).click();
      await page.getByRole('button', { name: 'Restart the dynos' }).click();
      await page.getByLabel('Within').fill('90s');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved: at least 2 H10 on web of shop within 90 seconds').waitFor(waiting);
      expect((await ownRules())[0]).toMatchObject({ action: 'restart-dyno', within: 90 });

      await page.getByRole('button', { name: /^Remove ?: at least 2 H10/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByText('Removed: at least 2 H10').waitFor(waiting);
      expect(await ownRules()).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await page.context().close();
    }
  });

  it('says at the field what the API finds wrong with it', async () => {
    const { page } = await openPage(browser, `${system.apiUrl}/rules?new=1`);
    try {
      const counted = page.getByLabel('What is counted');
      await counted.waitFor(waiting);
      await page.getByLabel('App', { exact: true }).fill('shop');
      await counted.fill('X99');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(/must be a code of Heroku's such as R14 or H12/).waitFor(waiting);
      await expect.poll(() => counted.getAttribute('aria-invalid'), waiting).toBe('true');
      expect(await counted.evaluate((element) => element === document.activeElement)).toBe(true);
    } finally {
      await page.context().close();
    }
  });
});
