import type { MetricsView } from '@healthapp/shared/wire/metrics';
import { describe, expect, it } from 'vitest';
import { appCharts, dynoWords, errorName, marksOf, metricTimes, spanWords, withDyno } from './app-metrics.ts';

type MetricSeries = MetricsView['series'][number];
const step = 60_000;

function viewOf(...series: [name: string, dyno: string | null, unit: MetricSeries['unit'], ...(number | null)[]][]) {
  const view: MetricsView = { server: 'heroku:shop', from: 0, to: 3 * step, step, dynos: [], series: [], marks: [] };
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

describe('one dyno', () => {
  const day = { from: 0, to: 86_400_000 };
  const app = {
    ...viewOf(
      ['memory', 'web', 'MB', 256, 512, 128],
      ['quota', 'web', 'MB', 512, 512, 512],
      ['load', 'worker', 'load', 1, 1, 1],
      ['requests', null, 'per minute', 10, 20, 30],
      ['postgres:db-size', 'DATABASE', 'MB', 5, 5, 5],
    ),
    ...day,
  };
  const ofDyno = viewOf(['memory', 'web.2', 'MB', 128, 256, 384], ['quota', 'web.2', 'MB', 512, 512, 512]).series;

  it('stands where its process type and all others did, and what is of the whole app stays', () => {
    const metrics = withDyno(app, 'web.2', ofDyno);
    expect(told(metrics)).toEqual([
      ['Memory', ['web.2']],
      ['Requests a minute', ['']],
      ['Database size', ['']],
    ]);
    expect(appCharts(metrics)[0]?.series.lines[0]?.values.slice(0, 3)).toEqual([25, 50, 75]);
    expect(dynoWords(metrics)).toBe('Memory and load are those of web.2, all else is of the whole app.');
  });

  it('of which nothing is known in this span is said to be so, and no other stands for it', () => {
    const metrics = withDyno(app, 'web.7', []);
    expect(told(metrics).map(([title]) => title)).toEqual(['Requests a minute', 'Database size']);
    expect(dynoWords(metrics)).toBe(
      'Nothing was heard of web.7 within the last 24 h. What is shown is of the whole app.',
    );
  });

  it('is not chosen at first: then lines are the highest of their process type', () => {
    expect(dynoWords({ ...app, dyno: null })).toBe(
      'Memory and load are those of the highest dyno of each process type.',
    );
  });
});

it.each([
  [3_600_000, 'the last 1 h'],
  [7 * 86_400_000, 'the last 7 days'],
])('calls the span of an answer as its button does (%d ms)', (ms, words) => {
  expect(spanWords({ from: 5000, to: 5000 + ms })).toBe(words);
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

it('asks for whole steps, without the minute that lasts, and with a longer step once a minute of it is over', () => {
  const minute = 60_000;
  const now = 1000 * 300 * minute + 90_500;
  expect(metricTimes('1h', now)).toEqual({
    from: 1000 * 300 * minute - 59 * minute,
    to: 1000 * 300 * minute + minute,
    step: minute,
  });
  const step = 5 * minute;
  expect(metricTimes('24h', now)).toEqual({
    from: now - 90_500 + step - 24 * 60 * minute,
    to: now - 90_500 + step,
    step,
  });
  expect(metricTimes('24h', now - 31_000).to).toBe(now - 90_500);
});
