/** What became of one server: the bar of its heartbeats with its percentages, and charts of what was measured. */
import type { HistoryRange, HistoryView } from '@healthapp/shared/wire/history';
import { createMemo, createSignal, For, Index, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { clockTime } from '../kernel/relative-time.ts';
import { seriesOf } from '../kernel/series.ts';
import { steppedBy } from '../kernel/stepping.ts';
import { percentText, type Slot, type SlotState, slotsOfHistory, slotText, slotWords } from '../kernel/uptime.ts';
import { staying } from '../kernel/view.ts';
import { Chart } from './chart.tsx';
import { Loaded, PicturesToCome } from './notice.tsx';
import { RangeChoice } from './range-choice.tsx';
import { hideTip, showTip } from './tip.ts';
import { BarPicture, slotTimes } from './uptime-bar.tsx';

const rangeWords: Readonly<Record<HistoryRange, string>> = { '24h': '24 h', '7d': '7 days', '30d': '30 days' };
const ranges = Object.keys(rangeWords) as HistoryRange[];

export function ServerHistory(props: { readonly name: string }) {
  const kernel = useKernel();
  const [range, setRange] = createSignal<HistoryRange>('24h');
  const view = kernel.history(() => props.name, range);
  const shown = staying(view, ({ server }) => server === props.name);
  /** Those of all ranges come with each. */
  const percents = () => shown.value()?.uptime.percents;
  return (
    <section aria-labelledby="history" class="history">
      <div class="section-head">
        <h2 id="history">Heartbeats</h2>
        <RangeChoice ranges={ranges} chosen={range()} onChoose={setRange}>
          {(one) => (
            <>
              {rangeWords[one]}{' '}
              <Show when={percents()}>{(all) => <span class="choice-count">{percentText(all()[one])}</span>}</Show>
            </>
          )}
        </RangeChoice>
      </div>
      <Loaded view={shown} what="the history" meanwhile={<PicturesToCome what="the history" />}>
        {(history) => (
          <div aria-busy={view.value() === undefined}>
            <HeartbeatBar history={history()} span={`the last ${rangeWords[history().range]}`} />
            <Charts history={history()} span={`the last ${rangeWords[history().range]}`} />
          </div>
        )}
      </Loaded>
    </section>
  );
}

/** As many slots as can be told apart, on a phone and on a desk. */
function mostSlots(): number {
  return window.matchMedia('(min-width: 48rem)').matches ? 96 : 48;
}

function HeartbeatBar(props: { readonly history: HistoryView; readonly span: string }) {
  const { clock } = useKernel();
  const most = mostSlots();
  const slots = createMemo(() => slotsOfHistory(props.history, most));
  const [at, setAt] = createSignal<number>();
  const shown = () => Math.min(at() ?? slots().length - 1, slots().length - 1);
  const words = (slot: Slot | undefined) =>
    slot === undefined ? 'no data' : `${slotTimes(slot, clock.read())}: ${slotText(slot)}`;
  const present = createMemo(() => new Set(slots().map(({ state }) => state)));

  function tell(element: HTMLElement, index: number): void {
    const place = element.getBoundingClientRect();
    const x = place.left + ((index + 0.5) / slots().length) * place.width;
    showTip({ x, top: place.top }, words(slots()[index]));
  }
  function pointed(event: PointerEvent & { currentTarget: HTMLElement }): void {
    const place = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - place.left) / place.width) * slots().length);
    tell(event.currentTarget, Math.max(0, Math.min(slots().length - 1, index)));
  }
  function pressed(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
    const next = steppedBy(event.key, shown(), slots().length);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    tell(event.currentTarget, next);
  }
  return (
    <>
      <div
        class="heartbeat-bar"
        role="slider"
        tabIndex={0}
        aria-label={`Heartbeats over ${props.span}`}
        aria-readonly="true"
        aria-valuemin={0}
        aria-valuemax={slots().length - 1}
        aria-valuenow={shown()}
        aria-valuetext={words(slots()[shown()])}
        onKeyDown={pressed}
        onFocus={(event) => event.currentTarget.matches(':focus-visible') && tell(event.currentTarget, shown())}
        onBlur={hideTip}
        onPointerMove={pointed}
        onPointerLeave={hideTip}
      >
        <BarPicture slots={slots()} />
      </div>
      <div class="bar-foot">
        <span>{clockTime(props.history.from, clock.read())}</span>
        <span>now</span>
        <Legend present={present()} />
      </div>
    </>
  );
}

const legendOrder: readonly SlotState[] = ['up', 'partly', 'down', 'stopped', 'unwatched', 'unknown'];

/** What the shapes mean: those that are to be seen. */
function Legend(props: { readonly present: ReadonlySet<SlotState> }) {
  const states = () => legendOrder.filter((state) => props.present.has(state));
  return (
    <ul class="bar-legend" aria-label="What the shapes mean">
      <For each={states()}>
        {(state) => (
          <li>
            <span class="bar-sample">
              <BarPicture slots={[{ from: 0, to: 0, state, downMinutes: null }]} />
            </span>
            {slotWords[state]}
          </li>
        )}
      </For>
    </ul>
  );
}

function Charts(props: { readonly history: HistoryView; readonly span: string }) {
  const { diskFullPercent } = useKernel();
  const columns = () => props.history.series.columns;
  return (
    <Show when={columns().length > 0}>
      <div class="charts">
        <Index each={columns()}>
          {(column) => (
            <Chart
              series={seriesOf(props.history, column())}
              span={props.span}
              limit={
                column().name === 'disk' ? { at: diskFullPercent(), word: `alert from ${diskFullPercent()} %` } : null
              }
            />
          )}
        </Index>
      </div>
    </Show>
  );
}
