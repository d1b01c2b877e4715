/// <reference lib="dom" />
/** A real Chromium for tests of the page. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-headless-shell', 'google-chrome', 'google-chrome-stable'];

/** @throws with the remedy when there is none; `scripts/test.js` leaves these tests out in that case. */
function chromiumPath(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '') return named;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error('no Chromium was found: apt-get install chromium, or name one in CHROMIUM');
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** What the page should never do: errors, and what its Content-Security-Policy had to block. */
  readonly faults: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}

/** Faults that axe finds on the page as it stands: rule and the elements at fault. */
export async function axeFaults(page: Page): Promise<string[]> {
  // The page's own policy forbids injected scripts; the debugger's evaluation is not bound by it.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const injected = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const { violations } = await injected.axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join(' | ')}`,
    );
  });
}

/** Whether something is wider than the screen, and what. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 120));
  });
}
