/** A series as a picture: hover, touch or the arrow keys tell the value of a time; and the same as a table. */
import { createEffect, createMemo, createSignal, For, Index, on, onCleanup, onMount, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { clockTime } from '../kernel/relative-time.ts';
import {
  type Line,
  lastKnown,
  lineDashes,
  lineLookOf,
  type Mark,
  marksAt,
  pointText,
  type Series,
  seriesRows,
  valueText,
} from '../kernel/series.ts';
import { steppedBy } from '../kernel/stepping.ts';
import type { Plot } from './chart-plot.ts';
import { hideTip, showTip } from './tip.ts';

interface ChartProps {
  readonly series: Series;
  /** "the last 24 h" */
  readonly span: string;
  readonly limit: { readonly at: number; readonly word: string } | null;
  readonly marks?: readonly Mark[];
}

export function Chart(props: ChartProps) {
  const latest = (line: Line) => {
    const at = lastKnown({ lines: [line] });
    return at < 0 ? 'no data' : valueText(line.values[at] ?? null, props.series.unit);
  };
  const alone = () => {
    const [line] = props.series.lines;
    return line?.name === '' ? line : undefined;
  };
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-title">{props.series.title}</span>
        <Show
          when={alone()}
          fallback={
            <ul class="chart-legend">
              <Index each={props.series.lines}>
                {(line, at) => (
                  <li>
                    <LineSample at={at} />
                    {line().name} <span class="chart-now">{latest(line())}</span>
                  </li>
                )}
              </Index>
            </ul>
          }
        >
          {(line) => <span class="chart-now">{latest(line())}</span>}
        </Show>
      </figcaption>
      <ChartPicture {...props} />
      <ChartTable series={props.series} />
    </figure>
  );
}

/** How a line looks: by colour and by its dashes. */
function LineSample(props: { readonly at: number }) {
  return (
    <svg class={`line-sample line-${lineLookOf(props.at)}`} viewBox="0 0 24 8" aria-hidden="true">
      <line x1="0" y1="4" x2="24" y2="4" stroke-dasharray={lineDashes[lineLookOf(props.at)]?.join(' ')} />
    </svg>
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
      : [
          `${clockTime(props.series.times[point] ?? 0, clock.read())}: ${pointText(props.series, point)}`,
          ...marksAt(props.series, props.marks ?? [], point).map(({ text }) => text),
        ].join('; ');

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
        marks: props.marks ?? [],
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
    on([near, () => props.series, () => props.marks, () => props.limit?.at, theme.dark, theme.name], ([isNear]) => {
      if (isNear) void draw();
    }),
  );

  function pressed(event: KeyboardEvent): void {
    const next = steppedBy(event.key, Math.max(0, shown()), props.series.times.length);
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
        aria-valuemax={Math.max(0, props.series.times.length - 1)}
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
  const named = () => props.series.lines.length > 1 || props.series.lines[0]?.name !== '';
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
              <Show
                when={named()}
                fallback={
                  <>
                    <th scope="col">Average</th>
                    <th scope="col">Least</th>
                    <th scope="col">Most</th>
                  </>
                }
              >
                <For each={props.series.lines}>{({ name }) => <th scope="col">{name}</th>}</For>
              </Show>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {(row) => (
                <tr>
                  <th scope="row">{clockTime(row.from, clock.read())}</th>
                  <For each={row.lines}>
                    {(line) => (
                      <>
                        <td>{text(line.average)}</td>
                        <Show when={!named()}>
                          <td>{text(line.least)}</td>
                          <td>{text(line.most)}</td>
                        </Show>
                      </>
                    )}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </details>
  );
}
