/** The picture of a series. Loaded when one is shown: what draws it is larger than most pages. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisText, highest, lineDashes, lineLookOf, lowest, type Mark, type Series } from '../kernel/series.ts';

export interface Plot {
  /** Shows the mark at this point; null: none. */
  point(at: number | null): void;
  resize(width: number): void;
  destroy(): void;
}

export interface PlotOptions {
  readonly place: HTMLElement;
  readonly series: Series;
  /** Where there is a line, in the series' unit, and what it says. */
  readonly limit: { readonly at: number; readonly word: string } | null;
  /** What happened within the picture's time. */
  readonly marks: readonly Mark[];
  /** A point was pointed at, and where on the screen it is, px; null: none any more. */
  readonly onPoint: (at: number | null, where: { readonly x: number; readonly top: number }) => void;
}

const height = 168;
/** Between two numbers at the side, of what is told in MB and GB. */
const binarySteps = Array.from({ length: 24 }, (_, power) => 2 ** power);

/** Colours are read from the page's own, so that a picture is made anew when the theme changes. */
export function drawPlot({ place, series, limit, marks, onPoint }: PlotOptions): Plot {
  const colours = coloursOf(place);
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const top = highest(series);
  const axis: uPlot.Axis = {
    stroke: colours.quiet,
    font,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  };
  // A line of a few points alone would hardly be seen.
  const few =
    series.times.filter((_, at) => series.lines.some(({ values }) => (values[at] ?? null) !== null)).length < 30;
  const { drawn, data, bands } = drawnLines(series, colours, few);

  const plot = new uPlot(
    {
      width: place.clientWidth,
      height,
      legend: { show: false },
      padding: [10, 6, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { time: true }, y: { range: [lowest(series), top] } },
      axes: [
        { ...axis, size: 26, space: 64, values: (_, times) => timeLabels(times) },
        {
          ...axis,
          size: 56,
          ...(series.unit === 'MB' ? { incrs: binarySteps } : {}),
          values: (_, values) => values.map((value) => axisText(value, series.unit)),
        },
      ],
      series: [{}, ...drawn],
      bands,
      hooks: {
        draw: [
          (self) => drawMarks(self, marks, colours.quiet, font),
          (self) => limit !== null && drawLimit(self, limit, colours.critical, font),
        ],
        setCursor: [
          ({ cursor, over, valToPos }) => {
            const at = cursor.idx ?? null;
            const screen = over.getBoundingClientRect();
            if (at === null || cursor.left === undefined || cursor.left < 0) onPoint(null, { x: 0, top: 0 });
            else onPoint(at, { x: screen.left + valToPos((series.times[at] ?? 0) / 1000, 'x'), top: screen.top });
          },
        ],
      },
    },
    [series.times.map((time) => time / 1000), ...data],
    place,
  );
  return {
    point(at) {
      if (at === null) plot.setCursor({ left: -10, top: -10 });
      else plot.setCursor({ left: plot.valToPos((series.times[at] ?? 0) / 1000, 'x'), top: 0 });
    },
    resize: (width) => plot.setSize({ width, height }),
    destroy: () => plot.destroy(),
  };
}

type Colours = ReturnType<typeof coloursOf>;

/** Each line, and behind it where it has them the bounds between which its values lay. */
function drawnLines({ lines }: Series, colours: Colours, few: boolean) {
  const drawn: uPlot.Series[] = [];
  const data: (number | null)[][] = [];
  const bands: uPlot.Band[] = [];
  const bound: uPlot.Series = { width: 0, points: { show: false } };
  lines.forEach(({ values, least, most }, at) => {
    const look = lineLookOf(at);
    const colour = colours.lines[look] ?? colours.quiet;
    drawn.push({
      stroke: colour,
      width: 1.5,
      dash: [...(lineDashes[look] ?? [])],
      points: { show: few, size: 5, fill: colour },
    });
    data.push([...values]);
    if (least === null || most === null) return;
    drawn.push(bound, bound);
    data.push([...least], [...most]);
    bands.push({ series: [drawn.length, drawn.length - 1], fill: `color-mix(in srgb, ${colour} 25%, transparent)` });
  });
  return { drawn, data, bands };
}

function coloursOf(place: HTMLElement) {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    lines: lineDashes.map((_, look) => colour(`--series-${look}`)),
    line: colour('--line'),
    quiet: colour('--quiet'),
    critical: colour('--critical'),
  };
}

/** A dashed line across, with its word at the right above it. */
function drawLimit(
  plot: uPlot,
  { at, word }: { readonly at: number; readonly word: string },
  colour: string,
  font: string,
): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(at, 'y', true));
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = scale;
  ctx.setLineDash([6 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = font.replace('12px', `${11 * scale}px`);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(word, bbox.left + bbox.width - 4 * scale, y + 3 * scale);
  ctx.restore();
}

/** A line down for each, with its word at the top where there is room beside the one before. */
function drawMarks(plot: uPlot, marks: readonly Mark[], colour: string, font: string): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = scale;
  ctx.font = font.replace('12px', `${11 * scale}px`);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let free = bbox.left;
  for (const { at, word } of marks) {
    const x = Math.round(plot.valToPos(at / 1000, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const wide = ctx.measureText(word).width + 8 * scale;
    const begins = Math.min(x, bbox.left + bbox.width - wide);
    if (begins < free) continue;
    ctx.fillText(word, begins + 4 * scale, bbox.top);
    free = begins + wide;
  }
  ctx.restore();
}

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** @param times s since 1970. The day where one begins, or where the steps are days; else the time of day. */
function timeLabels(times: readonly number[]): string[] {
  const days = (times[1] ?? 0) - (times[0] ?? 0) >= 86_400;
  return times.map((time) => {
    const at = new Date(time * 1000);
    return days || (at.getHours() === 0 && at.getMinutes() === 0) ? day.format(at) : timeOfDay.format(at);
  });
}
