/// <reference lib="dom" />
/** (g) The page with the list of servers in a real Chromium, beside a bare table of the same answers. */
import { readFileSync } from 'node:fs';
import type { ServerListView } from '@healthapp/shared/wire/api';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { startBrowser } from '../test/harness/browser.ts';
import { type System, startSystem } from '../test/harness/system.ts';
import { until } from '../test/harness/waiting.ts';
import { type Generator, startGenerator } from './children.ts';
import { type Effort, type Row, row } from './measure.ts';
import { own } from './owned.ts';
import { serverName } from './payload.ts';

const day = 86_400;
const viewport = { width: 1280, height: 800 };
const megabyte = 1024 * 1024;
/** A fast flick of the wheel: several rows each frame. */
const scrollStepPx = 400;
/** Longer than any run on any machine; what hangs ends there. */
const patienceMs = 300_000;

interface Tasks {
  /** The longest task of the page's main thread, ms, with what other processes took of the processor meanwhile. */
  readonly longestTask: number;
  /** The most CPU time that one took, ms: how long it would be on a machine that does nothing else. */
  readonly longestTaskCpu: number;
}

interface Scrolling {
  /** The most time between two frames, ms. */
  readonly longestFrame: number;
  /** The most rows that stood on the page. */
  readonly rows: number;
}

interface Run extends Scrolling, Tasks {
  readonly paintedAfterData: number;
  readonly paintedAfterStart: number;
  readonly heapPeak: number;
  readonly heap: number;
  readonly process: number;
}

export async function measurePage({ quick, runs, say }: Effort): Promise<Row[]> {
  const servers = quick ? 2000 : 10_000;
  const system = own(
    await startSystem({
      config: { mass_silence: false, alert_send_email_interval: -1 },
      redis: { appendOnly: false },
    }),
  );
  const generator = startGenerator();
  let browser: Browser | undefined;
  const pages: Run[] = [];
  const bares: Run[] = [];
  try {
    await system.api();
    await system.processor();
    say(`page: registering ${servers} servers`);
    await register(system, generator, servers);
    browser = own(await startBrowser());
    for (let run = 1; run <= runs; run += 1) {
      say(`page: run ${run} of ${runs}`);
      pages.push(await measured(browser, (page, cdp) => healthAppPage(page, cdp, system.apiUrl, servers)));
      bares.push(await measured(browser, (page, cdp) => barePage(page, cdp, system.apiUrl)));
    }
  } finally {
    await browser?.close();
    await generator.close();
    await system.close();
  }

  const part = 'page';
  const of = (list: readonly Run[], what: keyof Run) => list.map((one) => one[what]);
  const ratio = (what: keyof Run) => pages.map((page, run) => page[what] / (bares[run]?.[what] ?? Number.NaN));
  const titled = `of ${servers.toLocaleString('en')} servers`;
  return [
    row(part, 'list painted after its data has come', 'ms', of(pages, 'paintedAfterData'), { atMost: 500 }),
    row(part, 'a bare table painted after the same data', 'ms', of(bares, 'paintedAfterData')),
    row(part, 'painted ÷ bare', '', ratio('paintedAfterData')),
    row(part, 'list painted after the address was opened', 'ms', of(pages, 'paintedAfterStart')),
    row(part, `longest task while the list ${titled} is scrolled`, 'ms', of(pages, 'longestTask'), { atMost: 100 }),
    row(part, 'the most CPU time of one task then', 'ms', of(pages, 'longestTaskCpu'), { atMost: 100 }),
    row(part, `longest task while a bare table ${titled} is scrolled`, 'ms', of(bares, 'longestTask')),
    row(part, 'the most CPU time of one task then, bare', 'ms', of(bares, 'longestTaskCpu')),
    row(part, 'longest time between two frames then', 'ms', of(pages, 'longestFrame')),
    row(part, 'most rows on the page then', '', of(pages, 'rows')),
    row(part, 'JavaScript heap, the most while scrolling', 'MB', of(pages, 'heapPeak'), { atMost: 150 }),
    row(part, 'JavaScript heap with all of them loaded, after a collection', 'MB', of(pages, 'heap'), { atMost: 150 }),
    row(part, 'the same, a bare table', 'MB', of(bares, 'heap')),
    row(part, 'own memory of the renderer process then', 'MB', of(pages, 'process')),
    row(part, 'the same, a bare table', 'MB', of(bares, 'process')),
    row(part, 'own memory ÷ bare', '', ratio('process')),
  ];
}

async function register({ apiUrl, apiKey, status }: System, generator: Generator, servers: number): Promise<void> {
  const port = Number(new URL(apiUrl).port);
  await generator.prepare({ apiKey, from: 0, servers, rounds: 1, sentAt: Date.now(), graceS: day });
  await generator.send({ port, connections: 16 });
  await until('all are counted as up', 120_000, async () => (await status()).counts.servers.up === servers);
}

/** A page of its own, which is gone afterwards. */
async function measured<T>(browser: Browser, work: (page: Page, cdp: CDPSession) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    return await work(page, cdp);
  } finally {
    await context.close();
  }
}

async function healthAppPage(page: Page, cdp: CDPSession, apiUrl: string, servers: number): Promise<Run> {
  await page.addInitScript(notePainting, '.server-table tbody .name');
  await page.goto(`${apiUrl}/servers?sort=name`);
  await page.waitForFunction(() => window.painted !== undefined);
  const { afterData, afterStart } = await page.evaluate(paintingTimes, '/api/v1/servers?');
  // How long the list is, it says when the status has come.
  await page.getByText(`${servers.toLocaleString('en')} servers`, { exact: true }).waitFor();
  const scrolled = await scrolledThrough(page, cdp);
  await page.getByRole('link', { name: serverName(servers - 1), exact: true }).waitFor();
  return { paintedAfterData: afterData, paintedAfterStart: afterStart, ...scrolled, ...(await memory(page, cdp)) };
}

/** What the least that one could write takes: the first page as plain rows, and then all of them. */
async function barePage(page: Page, cdp: CDPSession, apiUrl: string): Promise<Run> {
  // Any address of the API's, since a page of another origin may not read it.
  await page.goto(`${apiUrl}/healthz`);
  await page.evaluate(notePainting, '.name');
  await page.evaluate(showPlainly, { first: '/api/v1/servers?sort=name&limit=100&bars=24h', all: false });
  await page.waitForFunction(() => window.painted !== undefined);
  const { afterData, afterStart } = await page.evaluate(paintingTimes, '/api/v1/servers?');
  await page.evaluate(showPlainly, { first: '/api/v1/servers?sort=name&limit=1000&bars=24h', all: true });
  const scrolled = await scrolledThrough(page, cdp);
  return { paintedAfterData: afterData, paintedAfterStart: afterStart, ...scrolled, ...(await memory(page, cdp)) };
}

declare global {
  interface Window {
    /** When the first of what was waited for had been painted, ms since the page's start. */
    painted?: number;
  }
}

/** In the page: notes when an element that fits has been painted. */
function notePainting(selector: string): void {
  const observer = new MutationObserver(() => {
    if (document.querySelector(selector) === null) return;
    observer.disconnect();
    // The frame that shows it is painted between the two.
    requestAnimationFrame(() =>
      setTimeout(() => {
        window.painted = performance.now();
      }),
    );
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** In the page: the first answer's last byte is when its data had come. */
function paintingTimes(path: string): { afterData: number; afterStart: number } {
  const loaded = performance.getEntriesByType('resource').find(({ name }) => name.includes(path));
  const end = loaded instanceof PerformanceResourceTiming ? loaded.responseEnd : Number.NaN;
  const painted = window.painted ?? Number.NaN;
  return { afterData: painted - end, afterStart: painted };
}

/** In the page: a table of the names and measures, without any library. */
async function showPlainly({ first, all }: { first: string; all: boolean }): Promise<void> {
  const list: ServerListView['servers'] = [];
  let cursor: string | null = null;
  do {
    const response = await fetch(cursor === null ? first : `${first}&cursor=${encodeURIComponent(cursor)}`);
    const page = (await response.json()) as ServerListView;
    list.push(...page.servers);
    cursor = page.nextCursor;
  } while (all && cursor !== null);
  const cells = (server: (typeof list)[number]) => [
    server.state,
    server.bars,
    `${server.fullestFilesystem?.percent} % ${server.fullestFilesystem?.path}`,
    server.load?.[0],
    server.memory?.used,
    new Date(server.lastHeartbeatAt ?? 0).toLocaleString(),
  ];
  const rows = list.map(
    (server) =>
      `<tr><th class="name"><a href="/server/${server.name}">${server.name}</a></th>${cells(server)
        .map((cell) => `<td>${cell}</td>`)
        .join('')}</tr>`,
  );
  document.body.innerHTML = `<table><tbody>${rows.join('')}</tbody></table>`;
}

/** From the top to the end, some rows each frame. */
async function scrolledThrough(page: Page, cdp: CDPSession): Promise<Scrolling & Tasks & { heapPeak: number }> {
  let heapPeak = 0;
  let done = false;
  const watching = (async () => {
    while (!done) {
      heapPeak = Math.max(heapPeak, await usedHeap(cdp));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const tasks = await watchTasks(cdp);
  const scrolling = await page.evaluate(scrollToEnd, { stepPx: scrollStepPx }).finally(() => {
    done = true;
  });
  await watching;
  return { ...scrolling, ...(await tasks.end()), heapPeak };
}

/** What of the browser's trace is asked for; times are µs. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Traces the tasks of pages' main threads. */
async function watchTasks(cdp: CDPSession): Promise<{ end(): Promise<Tasks> }> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as TraceEvent[]) {
      if (event.name === 'thread_name' || event.name.endsWith('RunTask')) events.push(event);
    }
  });
  const traceConfig = { includedCategories: ['toplevel', '__metadata'] };
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  return {
    async end() {
      const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
      await cdp.send('Tracing.end');
      await complete;
      const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
      const named = events.filter(({ args }) => args?.name === 'CrRendererMain');
      const pages = new Set(named.map(thread));
      const tasks = events.filter((event) => pages.has(thread(event)));
      const longest = (of: 'dur' | 'tdur') => tasks.reduce((most, task) => Math.max(most, task[of] ?? 0), 0) / 1000;
      return { longestTask: longest('dur'), longestTaskCpu: longest('tdur') };
    },
  };
}

/** In the page. */
async function scrollToEnd({ stepPx }: { stepPx: number }): Promise<Scrolling> {
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  let longestFrame = 0;
  let rows = 0;
  let before = await frame();
  // At the end the list may still be loading, and grow no more but change.
  for (let still = 0; still < 60; ) {
    const at = window.scrollY;
    window.scrollBy(0, stepPx);
    const now = await frame();
    longestFrame = Math.max(longestFrame, now - before);
    before = now;
    rows = Math.max(rows, document.querySelectorAll('tbody tr').length);
    still = window.scrollY === at ? still + 1 : 0;
  }
  return { longestFrame, rows };
}

async function usedHeap(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / megabyte;
}

async function memory(page: Page, cdp: CDPSession): Promise<Pick<Run, 'heap' | 'process'>> {
  await cdp.send('HeapProfiler.collectGarbage');
  return { heap: await usedHeap(cdp), process: await rendererMemory(page) };
}

/** What the page's own process has for itself alone, MB: its private pages, without code that all of them share. */
async function rendererMemory(page: Page): Promise<number> {
  const cdp = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await cdp?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  // A second one may stand ready for the next page, and is empty.
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => ownMb(id));
  return Math.max(...renderers);
}

function ownMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(rollup)?.[1]);
  return (kilobytes('Private_Clean') + kilobytes('Private_Dirty')) / 1024;
}
