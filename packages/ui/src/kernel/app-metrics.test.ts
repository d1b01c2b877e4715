import type { MetricsView } from '@healthapp/shared/wire/metrics';
import { describe, expect, it } from 'vitest';
import { appCharts, errorName, marksOf, metricTimes } from './app-metrics.ts';

type MetricSeries = MetricsView['series'][number];
const step = 60_000;

function viewOf(...series: [name: string, dyno: string | null, unit: MetricSeries['unit'], ...(number | null)[]][]) {
  const view: MetricsView = { server: 'heroku:shop', from: 0, to: 3 * step, step, series: [], marks: [] };
  for (const [name, dyno, unit, ...values] of series) {
    view.series.push({ name, dyno, unit, points: values.map((value, at) => [at * step, value]) });
  }
  return view;
}

const told = (view: MetricsView) =>
  appCharts(view).map(({ series }) => [series.title, series.lines.map(({ name }) => name)]);

describe('the charts of an app', () => {
  it('have memory in percent of each process type’s quota, with a line at the quota', () => {
    const [memory] = appCharts(
      viewOf(
        ['memory', 'web', 'MB', 256, 512, 128],
        ['memory', 'worker', 'MB', 100, null, 600],
        ['quota', 'web', 'MB', 512, 512, null],
        ['quota', 'worker', 'MB', 400, 400, 500],
        // Of single dynos there may be a hundred: their type stands for them.
        ['memory', 'web.1', 'MB', 256, 512, 128],
        ['quota', 'web.1', 'MB', 512, 512, 512],
      ),
    );
    expect(memory?.limit).toEqual({ at: 100, word: 'quota' });
    expect(memory?.series).toMatchObject({
      unit: 'percent',
      times: [0, step, 2 * step],
      lines: [
        { name: 'web', values: [50, 100, null] },
        { name: 'worker', values: [25, null, 120] },
      ],
    });
  });

  it('are only those of which something is known, swap only where some is used', () => {
    expect(told(viewOf(['load', 'web', 'load', null, null, null], ['swap', 'web', 'MB', 0, 0, null]))).toEqual([]);
    expect(told(viewOf(['swap', 'web', 'MB', 0, 3, null]))).toEqual([['Swap', ['web']]]);
  });

  it('put what is compared into one picture', () => {
    expect(
      told(
        viewOf(
          ['requests', null, 'per minute', 10, 20, 30],
          ['5xx', null, 'per minute', 0, 1, 0],
          ['4xx', null, 'per minute', 2, 1, 0],
          ['service-p99', null, 'ms', 90, 80, 70],
          ['service-p50', null, 'ms', 9, 8, 7],
        ),
      ),
    ).toEqual([
      ['Requests a minute', ['']],
      ['Failed requests a minute', ['4xx', '5xx']],
      ['Service time', ['p50', 'p99']],
    ]);
  });

  it('name Heroku’s errors, the most frequent first, and put the rarest together', () => {
    const codes = ['H10', 'H12', 'H13', 'R14', 'H18', 'H27'];
    const view = viewOf(
      ...codes
        .map((code, at) => [code, null, 'per minute', at + 1, at === 0 ? null : 0, null] as const)
        .map(([...one]) => one as [string, null, 'per minute', ...(number | null)[]]),
      ['H99', null, 'per minute', 0, 0, 0],
      ['H12', 'web', 'per minute', 2, 0, 0],
    );
    const [errors] = appCharts(view);
    expect(errors?.series.lines.map(({ name }) => name)).toEqual([
      'H27 Client request interrupted',
      'H18 Server request interrupted',
      'R14 Memory quota exceeded',
      'H13 Connection closed without response',
      'others',
    ]);
    expect(errors?.series.lines.at(-1)?.values).toEqual([3, 0, null]);
    expect([errorName('H77'), errorName('postgres-errors')]).toEqual(['H77', 'Postgres errors']);
  });

  it('tell the databases apart where there are several, and show samples that this version does not know', () => {
    const samples = (database: string) =>
      [
        ['postgres:active-connections', database, 'connections', 12, 13, 14],
        ['postgres:waiting-connections', database, 'connections', 0, 0, 1],
        ['postgres:replication-lag', database, 'ms', 0.5, 0, 0],
      ] as [string, string, MetricSeries['unit'], ...number[]][];
    expect(told(viewOf(...samples('DATABASE')))).toEqual([
      ['Database connections', ['active', 'waiting']],
      ['Database: replication-lag', ['']],
    ]);
    expect(told(viewOf(...samples('RED'), ...samples('ROSE')))).toEqual([
      ['Database connections', ['RED active', 'RED waiting', 'ROSE active', 'ROSE waiting']],
      ['Database: replication-lag', ['RED', 'ROSE']],
    ]);
  });
});

it('marks a release by its version, and a change by what was changed', () => {
  const mark = (kind: MetricsView['marks'][number]['kind'], text: string) => ({ at: 5, kind, text });
  const marks = [
    mark('deploy', 'v215 was released by dana@example.com: Deploy v3'),
    mark('config-change', 'config vars: added X'),
    mark('addon-change', 'add-ons: added a'),
    mark('formation-change', 'formation: changed worker'),
  ];
  expect(marksOf({ marks }).map(({ word }) => word)).toEqual(['v215', 'config', 'add-on', 'scaled']);
});

it('asks for whole steps, without the minute that lasts, and with the longer step that lasts', () => {
  const minute = 60_000;
  const now = 1000 * 300 * minute + 90_500;
  expect(metricTimes('1h', now)).toEqual({
    from: 1000 * 300 * minute - 59 * minute,
    to: 1000 * 300 * minute + minute,
    step: minute,
  });
  const day = metricTimes('24h', now);
  expect([day.to - now > 0, day.to - day.from, day.to % day.step]).toEqual([true, 24 * 60 * minute, 0]);
});
