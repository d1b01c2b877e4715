/** A series as a picture: hover, touch or the arrow keys tell the value of a time; and the same as a table. */
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { clockTime } from '../kernel/relative-time.ts';
import { lastKnown, pointText, type Series, seriesRows, valueText } from '../kernel/series.ts';
import { steppedBy } from '../kernel/stepping.ts';
import type { Plot } from './chart-plot.ts';
import { hideTip, showTip } from './tip.ts';

interface ChartProps {
  readonly series: Series;
  /** "the last 24 h" */
  readonly span: string;
  readonly limit: { readonly at: number; readonly word: string } | null;
}

export function Chart(props: ChartProps) {
  const latest = () => {
    const at = lastKnown(props.series);
    return at < 0 ? 'no data' : valueText(props.series.values[at] ?? null, props.series.unit);
  };
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-title">{props.series.title}</span>
        <span class="chart-now">{latest()}</span>
      </figcaption>
      <ChartPicture {...props} />
      <ChartTable series={props.series} />
    </figure>
  );
}

function ChartPicture(props: ChartProps) {
  const { clock, theme } = useKernel();
  const [near, setNear] = createSignal(false);
  const [failed, setFailed] = createSignal(false);
  const [at, setAt] = createSignal<number | null>(null);
  let place: HTMLDivElement | undefined;
  let plot: Plot | undefined;

  const shown = () => at() ?? lastKnown(props.series);
  const words = (point: number) =>
    point < 0
      ? 'no data'
      : `${clockTime(props.series.times[point] ?? 0, clock.read())}: ${pointText(props.series, point)}`;

  onMount(() => {
    const sight = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      {
        rootMargin: '200px',
      },
    );
    const size = new ResizeObserver(() => plot?.resize(place?.clientWidth ?? 0));
    if (place !== undefined) {
      sight.observe(place);
      size.observe(place);
    }
    onCleanup(() => {
      sight.disconnect();
      size.disconnect();
      plot?.destroy();
      hideTip();
    });
  });

  let drawing = 0;
  async function draw(): Promise<void> {
    drawing += 1;
    const mine = drawing;
    try {
      const { drawPlot } = await import('./chart-plot.ts');
      if (place === undefined || !place.isConnected || mine !== drawing) return;
      plot?.destroy();
      plot = drawPlot({
        place,
        series: props.series,
        limit: props.limit,
        onPoint(point, where) {
          setAt(point);
          if (point === null) hideTip();
          else showTip(where, words(point));
        },
      });
    } catch {
      // After an upgrade the page that is open asks for what is no longer there.
      setFailed(true);
    }
  }
  createEffect(
    on([near, () => props.series, () => props.limit?.at, theme.dark, theme.name], ([isNear]) => {
      if (isNear) void draw();
    }),
  );

  function pressed(event: KeyboardEvent): void {
    const next = steppedBy(event.key, Math.max(0, shown()), props.series.values.length);
    if (next === undefined) return;
    event.preventDefault();
    plot?.point(next);
  }

  return (
    <Show
      when={!failed()}
      fallback={
        <p class="chart-failed">
          The picture could not be loaded.{' '}
          <a href={window.location.href} rel="external">
            Load the page again
          </a>
        </p>
      }
    >
      <div
        ref={place}
        class="chart-picture"
        role="slider"
        tabIndex={0}
        aria-label={`${props.series.title} over ${props.span}`}
        aria-readonly="true"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, props.series.values.length - 1)}
        aria-valuenow={Math.max(0, shown())}
        aria-valuetext={words(shown())}
        onKeyDown={pressed}
        onFocus={(event) => event.currentTarget.matches(':focus-visible') && plot?.point(Math.max(0, shown()))}
        onBlur={() => plot?.point(null)}
      />
    </Show>
  );
}

const tableRows = 24;

function ChartTable(props: { readonly series: Series }) {
  const { clock } = useKernel();
  const [open, setOpen] = createSignal(false);
  const rows = createMemo(() => (open() ? seriesRows(props.series, tableRows) : []));
  const text = (value: number | null) => valueText(value, props.series.unit);
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        As a table<span class="visually-hidden">: {props.series.title}</span>
      </summary>
      <Show when={open()}>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Average</th>
              <th scope="col">Least</th>
              <th scope="col">Most</th>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {(row) => (
                <tr>
                  <th scope="row">{clockTime(row.from, clock.read())}</th>
                  <td>{text(row.average)}</td>
                  <td>{text(row.least)}</td>
                  <td>{text(row.most)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </details>
  );
}
