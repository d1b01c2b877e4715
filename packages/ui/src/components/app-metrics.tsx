/** What a Heroku app's log was counted into: charts with what happened to the app as marks on them, and the numbers as CSV. */
import type { MetricsView } from '@healthapp/shared/wire/metrics';
import { createMemo, createSignal, Index, Show } from 'solid-js';
import { appCharts, type MetricRange, marksOf, metricRanges } from '../kernel/app-metrics.ts';
import { useKernel } from '../kernel/kernel.ts';
import { Chart } from './chart.tsx';
import { Loaded, PicturesToCome } from './notice.tsx';
import { RangeChoice } from './range-choice.tsx';
import { Snippet } from './snippet.tsx';

const ranges = Object.keys(metricRanges) as MetricRange[];

export function AppMetrics(props: { readonly name: string; readonly app: string }) {
  const kernel = useKernel();
  const [range, setRange] = createSignal<MetricRange>('24h');
  const view = kernel.metrics(() => props.name, range);
  return (
    <section aria-labelledby="metrics">
      <div class="section-head">
        <h2 id="metrics">Metrics</h2>
        <RangeChoice ranges={ranges} chosen={range()} onChoose={setRange}>
          {(one) => metricRanges[one].words}
        </RangeChoice>
      </div>
      <Loaded view={view} what="the metrics" meanwhile={<PicturesToCome what="the metrics" />}>
        {(metrics) => <Charts metrics={metrics()} app={props.app} range={range()} />}
      </Loaded>
    </section>
  );
}

interface ChartsProps {
  readonly metrics: MetricsView;
  readonly app: string;
  readonly range: MetricRange;
}

function Charts(props: ChartsProps) {
  const { metricsCsv } = useKernel();
  const charts = createMemo(() => appCharts(props.metrics));
  const marks = createMemo(() => marksOf(props.metrics));
  const span = () => `the last ${metricRanges[props.range].words}`;
  return (
    <Show when={charts().length > 0} fallback={<NoLog app={props.app} span={span()} />}>
      <div class="charts">
        <Index each={charts()}>
          {(chart) => <Chart series={chart().series} span={span()} limit={chart().limit} marks={marks()} />}
        </Index>
      </div>
      <p class="charts-foot">
        Dotted lines down are releases and changes of the app.{' '}
        <a href={metricsCsv(props.metrics)} rel="external" download="">
          These numbers as CSV
        </a>
      </p>
    </Show>
  );
}

/** Says how to let Heroku send the app's log. */
function NoLog(props: { readonly app: string; readonly span: string }) {
  return (
    <div class="no-log">
      <p class="text-quiet">Nothing of its log has come within {props.span}. A drain lets Heroku deliver it:</p>
      <Snippet
        text={`heroku drains:add "$(healthapp key --drain ${props.app})" --app ${props.app}`}
        what="the command"
      />
    </div>
  );
}
