/** What a Heroku app's log was counted into: charts with what happened to the app as marks on them, and the numbers as CSV. */
import { createMemo, createSignal, For, Index, type ParentProps, Show } from 'solid-js';
import {
  appCharts,
  type ChosenMetrics,
  dynoWords,
  type MetricRange,
  marksOf,
  metricRanges,
  spanWords,
} from '../kernel/app-metrics.ts';
import { useKernel } from '../kernel/kernel.ts';
import { staying } from '../kernel/view.ts';
import { Chart } from './chart.tsx';
import { Loaded, PicturesToCome } from './notice.tsx';
import { RangeChoice } from './range-choice.tsx';
import { Snippet } from './snippet.tsx';

const ranges = Object.keys(metricRanges) as MetricRange[];

export function AppMetrics(props: { readonly name: string; readonly app: string }) {
  const kernel = useKernel();
  const [range, setRange] = createSignal<MetricRange>('24h');
  const [dyno, setDyno] = createSignal<string | null>(null);
  const view = kernel.metrics(() => props.name, range, dyno);
  const shown = staying(view, ({ server }) => server === props.name);
  return (
    <section aria-labelledby="metrics">
      <div class="section-head">
        <h2 id="metrics">Metrics</h2>
        <DynoChoice dynos={shown.value()?.dynos ?? []} chosen={dyno()} onChoose={setDyno} />
        <RangeChoice ranges={ranges} chosen={range()} onChoose={setRange}>
          {(one) => metricRanges[one].words}
        </RangeChoice>
      </div>
      <Loaded view={shown} what="the metrics" meanwhile={<PicturesToCome what="the metrics" />}>
        {(metrics) => (
          <div aria-busy={view.value() === undefined}>
            <Charts metrics={metrics()} app={props.app} />
          </div>
        )}
      </Loaded>
    </section>
  );
}

interface DynoChoiceProps {
  readonly dynos: readonly string[];
  readonly chosen: string | null;
  readonly onChoose: (dyno: string | null) => void;
}

/** Nothing where there is one alone, which is its process type. */
function DynoChoice(props: DynoChoiceProps) {
  // One that has been chosen may be forgotten meanwhile.
  const dynos = createMemo(() => [...new Set([...props.dynos, ...(props.chosen === null ? [] : [props.chosen])])]);
  return (
    <Show when={dynos().length > 1}>
      <div class="sort-choice">
        <label for="metrics-dyno">Dyno</label>
        <select
          id="metrics-dyno"
          class="form-select"
          onChange={(event) => props.onChoose(event.currentTarget.value || null)}
        >
          <option value="" selected={props.chosen === null}>
            All
          </option>
          <For each={dynos()}>
            {(dyno) => (
              <option value={dyno} selected={props.chosen === dyno}>
                {dyno}
              </option>
            )}
          </For>
        </select>
      </div>
    </Show>
  );
}

function Charts(props: { readonly metrics: ChosenMetrics; readonly app: string }) {
  const charts = createMemo(() => appCharts(props.metrics));
  const marks = createMemo(() => marksOf(props.metrics));
  const span = () => spanWords(props.metrics);
  return (
    <Show when={charts().length > 0} fallback={<NoLog app={props.app} span={span()} />}>
      <Show when={props.metrics.dynos.length > 1}>
        <p class="text-quiet" role="status">
          {dynoWords(props.metrics)}
        </p>
      </Show>
      <div class="charts">
        <Index each={charts()}>
          {(chart) => <Chart series={chart().series} span={span()} limit={chart().limit} marks={marks()} />}
        </Index>
      </div>
      <p class="charts-foot">
        Dotted lines down are releases and changes of the app.{' '}
        <CsvLink metrics={props.metrics} dyno={null}>
          These numbers as CSV
        </CsvLink>
        <Show when={props.metrics.dyno}>
          {(dyno) => (
            <>
              {' · '}
              <CsvLink metrics={props.metrics} dyno={dyno()}>
                Those of {dyno()} as CSV
              </CsvLink>
            </>
          )}
        </Show>
      </p>
    </Show>
  );
}

interface CsvLinkProps extends ParentProps {
  readonly metrics: ChosenMetrics;
  readonly dyno: string | null;
}

function CsvLink(props: CsvLinkProps) {
  const { metricsCsv } = useKernel();
  const address = () => {
    const { server, from, to, step } = props.metrics;
    return metricsCsv(server, { from, to, step, dyno: props.dyno });
  };
  return (
    <a href={address()} rel="external" download="">
      {props.children}
    </a>
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
