/** `npm run bench`: measures, prints a table and writes bench/results/TIME.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureAgent } from './agent.ts';
import { runBareServer } from './bare-server.ts';
import { measureDelivery } from './delivery.ts';
import { measureHeartbeats } from './heartbeats.ts';
import { runHostileGenerator } from './hostile-generator.ts';
import { measureLoad } from './load.ts';
import { runLoadGenerator } from './load-generator.ts';
import { measureLogs } from './logs.ts';
import { type Effort, median, type Row } from './measure.ts';
import { measureMemory } from './memory.ts';
import { closeOwned } from './owned.ts';
import { measurePage } from './page.ts';
import { measurePass } from './pass.ts';

const parts: Readonly<Record<string, (effort: Effort) => Promise<Row[]>>> = {
  heartbeats: measureHeartbeats,
  pass: measurePass,
  delivery: measureDelivery,
  memory: measureMemory,
  load: measureLoad,
  logs: measureLogs,
  agent: measureAgent,
  page: measurePage,
};

async function bench(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : null;
  if (only !== null && parts[only] === undefined) {
    process.stderr.write(`--only must be followed by one of: ${Object.keys(parts).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const begun = new Date();
  const say = (what: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (only !== null && only !== name) continue;
    rows.push(...(await measure({ quick, runs: quick ? 1 : 3, say })));
  }
  process.stdout.write(tableOf(rows));

  const folder = fileURLToPath(new URL('./results', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${begun.toISOString().replaceAll(':', '-')}.json`);
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? '' };
  writeFileSync(file, `${JSON.stringify({ at: begun.toISOString(), quick, machine, rows }, null, 1)}\n`);
  process.stdout.write(`\nwritten to ${file}\n`);
}

function tableOf(rows: readonly Row[]): string {
  const lines = ['| part | what | median | range | unit | target | |', '|---|---|---|---|---|---|---|'];
  for (const { part, what, unit, runs, target, reached } of rows) {
    const range = runs.length === 1 ? '' : `${short(Math.min(...runs))} … ${short(Math.max(...runs))}`;
    const verdict = reached === null ? '' : reached ? 'reached' : 'MISSED';
    lines.push(`| ${part} | ${what} | ${short(median(runs))} | ${range} | ${unit} | ${target ?? ''} | ${verdict} |`);
  }
  return `${lines.join('\n')}\n`;
}

function short(number: number): string {
  if (Number.isInteger(number) || Math.abs(number) >= 100) return Math.round(number).toLocaleString('en');
  return number.toPrecision(Math.abs(number) < 1 ? 2 : 3);
}

const [part, ...rest] = process.argv.slice(2);
if (part === 'load-generator') runLoadGenerator();
else if (part === 'bare-server') runBareServer();
else if (part === 'hostile-generator') runHostileGenerator();
else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void closeOwned().finally(() => process.exit(1)));
  }
  await bench(part === undefined ? [] : [part, ...rest]);
}
