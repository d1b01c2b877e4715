/** What docs/monitoring/ offers must fit the figures that there are. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processMetrics } from '@healthapp/shared/runtime/process-metrics';
import { describe, expect, it, type TestContext } from 'vitest';
import { fleetMetrics } from './fleet-metrics.ts';
import { createInstanceMetrics } from './instance-metrics.ts';

const folder = fileURLToPath(new URL('../../../../docs/monitoring/', import.meta.url));
const read = (file: string) => readFileSync(`${folder}${file}`, 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(read('dashboard.json')) as { readonly panels: readonly Panel[] };

const ours = [fleetMetrics({ latencyMs: 1, partitions: [] }), createInstanceMetrics().registry]
  .flatMap((registry) => registry.getMetricsAsArray())
  .map(({ name }) => name);
const known = new Set([
  ...ours,
  ...processMetrics('1.0.0')
    .getMetricsAsArray()
    .map(({ name }) => name),
]);

/** Every metric of an expression, without what a histogram adds to its name. */
function metricsIn(expression: string): string[] {
  const names = expression.match(/\b(?:healthapp|nodejs|process)_[a-z0-9_]+/g) ?? [];
  return names.map((name) => (known.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')));
}

function promtool(
  context: TestContext,
  ...args: string[]
): { readonly status: number | null; readonly output: string } {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) context.skip('promtool is missing: apt-get install prometheus');
  return { status, output: stdout + stderr };
}

describe('the dashboard', () => {
  it('asks for metrics that exist, in every panel', () => {
    for (const { title, targets } of dashboard.panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { expr } of targets) {
        expect(metricsIn(expr).length, expr).toBeGreaterThan(0);
        expect(
          metricsIn(expr).filter((name) => !known.has(name)),
          expr,
        ).toEqual([]);
      }
    }
  });

  it('has panels of different numbers that do not lie over each other', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
  });

  it('has expressions that Prometheus understands', (context) => {
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const asRules = expressions.map((expr, at) => ({ record: `r:${at}`, expr: expr.replaceAll(/\$__\w+/g, '5m') }));
    const dir = mkdtempSync(join(tmpdir(), 'healthapp-rules-'));
    try {
      const file = join(dir, 'dashboard.json');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: asRules }] }));
      const { status, output } = promtool(context, 'check', 'rules', file);
      expect(output).toContain(`${expressions.length} rules found`);
      expect(status).toBe(0);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('the alert rules', () => {
  it('are about metrics that exist', () => {
    expect(metricsIn(read('alerts.yaml')).filter((name) => !known.has(name))).toEqual([]);
    expect(metricsIn(read('alerts.test.yaml')).filter((name) => !known.has(name))).toEqual([]);
  });

  it.for([
    ['check', 'alerts.yaml'],
    ['test', 'alerts.test.yaml'],
  ] as const)('pass promtool %s rules %s', ([verb, file], context) => {
    const { status, output } = promtool(context, verb, 'rules', file);
    expect(status, output).toBe(0);
  });
});

describe('the table of figures', () => {
  it('names every metric of ours', () => {
    const told = new Set(metricsIn(read('README.md')));
    expect(ours.filter((name) => !told.has(name))).toEqual([]);
  });
});
