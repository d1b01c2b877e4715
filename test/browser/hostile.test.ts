/// <reference lib="dom" />
/** A server that says hostile things about itself: they are shown as the text that they are, on every page and in mails. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from '../harness/browser.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

const own = `document.title='owned';document.documentElement.dataset.owned='1'`;
/** Each would act somewhere, if it were taken for markup: in text, in an attribute, as an address, in a style. */
const hostile = {
  script: `<script>${own}</script>`,
  image: `"><img src=x onerror="${own}">`,
  svg: `'></title><svg/onload=${own}>`,
  address: `javascript:${own}`,
  style: `</style><iframe srcdoc="<script>parent.${own}</script>">`,
  turned: '\u202Etxt.exe\u2066',
  template: '{{constructor.constructor("return 1")()}}',
};
const texts = Object.values(hostile);

let system: System;
let browser: Browser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  browser = await startBrowser();
  system = await startSystem({ config: { alert_process_interval: 1, alert_send_email_interval: -1, group_window: 0 } });
  await system.api();
  await system.processor();
  const filesystems = texts.map((path) => ({
    path,
    device: path,
    type: path.slice(0, 60),
    size: 10,
    used: 10,
    free: 0,
    percent: 99,
  }));
  const labels = Object.fromEntries(texts.map((text, index) => [text.slice(0, 60), texts[(index + 1) % texts.length]]));
  const checks = texts.map((message, index) => ({
    name: message.slice(0, 60),
    kind: 'http',
    status: index % 2 ? 'failed' : 'ok',
    latency: 5,
    message,
  }));
  const facts = {
    grace: 600,
    bootId: hostile.script.slice(0, 60),
    agent: { version: hostile.image.slice(0, 60), kind: hostile.svg.slice(0, 60) },
    labels,
    host: {
      os: hostile.image.slice(0, 60),
      platform: hostile.svg,
      kernel: hostile.script,
      arch: hostile.turned,
      filesystems,
    },
    checks,
  };
  expect(await system.heartbeat('hostile-1', facts)).toBe(202);
  await until(
    'its alerts are open',
    20_000,
    async () => (await system.alerts('&state=active&kind=disk-full')).length === texts.length,
  );
  ids.alert = (await system.alerts('&state=active&kind=disk-full'))[0]?.id ?? '';
  // Before anything holds them.
  await until('the mails have come', 30_000, () => system.mails().length >= texts.length);
  const post = (path: string, body: unknown) =>
    fetch(`${system.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await post(`/api/v1/alerts/${ids.alert}/ack`, { comment: texts.join(' ') })).status).toBe(200);
  const now = Date.now();
  const silence = {
    match: { label: { [hostile.image.slice(0, 60)]: hostile.svg } },
    startsAt: now,
    endsAt: now + 3_600_000,
    reason: texts.join(' '),
  };
  expect((await post('/api/v1/silences', silence)).status).toBe(201);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

interface Found {
  readonly owned: string | null;
  readonly title: string;
  readonly injected: string[];
  readonly links: string[];
}

const pages: [string, () => string, RegExp][] = [
  ['the overview', () => '/', /hostile-1/],
  ['the servers', () => '/servers', /hostile-1/],
  ['its page', () => '/server/hostile-1', /<script>/],
  ['the alerts', () => '/alerts', /hostile-1/],
  ['one of its alerts', () => `/alert/${ids.alert}`, /<script>|<img|javascript:/],
  ['the silences', () => '/silences', /<img/],
];

/** Runs in the page. */
function whatCameOfIt(): Found {
  const injected = 'img[src="x"], iframe, script:not([src]), svg[onload], [onerror], [onload]';
  const elements: Element[] = Array.from(document.querySelectorAll(injected));
  const links: Element[] = Array.from(document.querySelectorAll('a[href]'));
  return {
    owned: document.documentElement.dataset.owned ?? null,
    title: document.title,
    injected: elements.map((element: Element): string => element.outerHTML.slice(0, 200)),
    links: links
      .map((link: Element): string => link.getAttribute('href') ?? '')
      .filter((href: string): boolean => /^\s*javascript:/i.test(href)),
  };
}

describe('what a hostile server says of itself', () => {
  it.each(pages)(
    'is text on %s: no script runs, no element comes of it, nothing had to be blocked',
    async (_, path, text) => {
      const { page, faults } = await openPage(browser, system.apiUrl + path());
      try {
        await page.getByText(text).first().waitFor({ timeout: 20_000 });
        const found = await page.evaluate(whatCameOfIt);
        expect(found).toMatchObject({ owned: null, injected: [], links: [] });
        expect(found.title).not.toBe('owned');
        expect(faults).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );

  it('is text in the mails: no element, no line of the head, no direction turned', async () => {
    for (const { raw, mail } of system.mails()) {
      expect(mail.html ?? '').not.toMatch(/<(script|img|svg|iframe)\b/i);
      expect(mail.html ?? '').not.toMatch(/href="\s*javascript:/i);
      expect(mail.subject ?? '').not.toMatch(/[\r\n\u202a-\u202e\u2066-\u2069]/);
      expect(mail.text ?? '').not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      const [head = ''] = raw.split(/\r?\n\r?\n/);
      expect(head).not.toMatch(/^(bcc|set-cookie):/im);
    }
    // And shown by a browser that would run scripts, as a mail program's would.
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.setContent(
        system
          .mails()
          .map(({ mail }) => mail.html ?? '')
          .join('\n'),
      );
      expect(await page.evaluate(() => document.documentElement.dataset.owned ?? null)).toBeNull();
      expect(await page.locator('img, script, svg, iframe').count()).toBe(0);
    } finally {
      await context.close();
    }
  });
});
