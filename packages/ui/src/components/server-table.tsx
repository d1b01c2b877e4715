// biome-ignore-all lint/a11y/noRedundantRoles: the rows are displayed as grids, and some browsers forget then that a table is one.
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js';
import { paths } from '../kernel/paths.ts';
import { rowWindow, slotsInOrder } from '../kernel/row-window.ts';
import type { ServerQuery, ServerSort } from '../kernel/server-list.ts';
import type { ServerWindow } from '../kernel/server-window.ts';
import { ServerCells } from './server-row.tsx';
import { HeadCell, Table } from './table.tsx';

const columns: readonly { readonly title: string; readonly sort?: ServerSort }[] = [
  { title: 'Server', sort: 'name' },
  { title: 'State', sort: 'state' },
  { title: 'Last 24 h' },
  { title: 'Fullest disk', sort: '-disk' },
  { title: 'Load', sort: '-load' },
  { title: 'Memory', sort: '-memory' },
  { title: 'Last update', sort: 'heard' },
];

/** For screen readers and the arrow: the worst state counts as the highest. */
function directionOf(sort: ServerSort): 'ascending' | 'descending' {
  return sort === 'state' || sort.startsWith('-') ? 'descending' : 'ascending';
}

interface ServerTableProps {
  readonly list: ServerWindow;
  readonly query: ServerQuery;
}

/** A table of any length, of which only the rows around those in sight stand on the page. */
export function ServerTable(props: ServerTableProps) {
  const [probe, setProbe] = createSignal<HTMLElement>();
  const heads = () =>
    columns.map(({ title, sort }) => ({
      title,
      ...(sort === undefined ? {} : { sortHref: paths.serversWhere({ ...props.query, sort }) }),
      sorted: sort !== undefined && props.query.sort === sort ? directionOf(sort) : undefined,
    }));
  return (
    <div class="server-table-place">
      {/* As high as a row, which goes by the width of the screen and the size of the letters. */}
      <div ref={setProbe} class="row-probe" aria-hidden="true" />
      <Table class="server-table" caption="Servers" columns={heads()} rowCount={props.list.count() + 1}>
        <WindowedRows list={props.list} probe={probe()} />
      </Table>
    </div>
  );
}

interface WindowedRowsProps {
  readonly list: ServerWindow;
  readonly probe: HTMLElement | undefined;
}

function WindowedRows(props: WindowedRowsProps) {
  let body: HTMLTableSectionElement | undefined;
  const [place, setPlace] = createSignal(
    { above: 0, height: 0, rowHeight: 0 },
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  );
  const rows = createMemo(() => rowWindow({ ...place(), count: props.list.count() }), undefined, {
    equals: (one, other) => one.first === other.first && one.slots === other.slots,
  });
  const placed = createMemo<{ readonly first: number; readonly order: readonly number[] }>(
    (before) => ({ first: rows().first, order: slotsInOrder(rows(), before) }),
    { first: 0, order: [] },
  );

  createEffect(on(rows, ({ first, slots }) => slots > 0 && props.list.lookAt(first, first + slots)));

  function measure(): void {
    measuring = 0;
    const rowHeight = props.probe?.offsetHeight ?? 0;
    if (body === undefined || rowHeight === 0) return;
    const above = -body.getBoundingClientRect().top;
    // By whole rows: moving within one changes nothing.
    setPlace({ above: Math.floor(above / rowHeight) * rowHeight, height: window.innerHeight, rowHeight });
  }
  let measuring = 0;
  const moved = () => {
    if (measuring === 0) measuring = requestAnimationFrame(measure);
  };
  onMount(() => {
    measure();
    const observer = new ResizeObserver(moved);
    if (props.probe !== undefined) observer.observe(props.probe);
    window.addEventListener('scroll', moved, { passive: true });
    window.addEventListener('resize', moved, { passive: true });
    onCleanup(() => {
      observer.disconnect();
      window.removeEventListener('scroll', moved);
      window.removeEventListener('resize', moved);
      cancelAnimationFrame(measuring);
    });
  });

  return (
    <tbody
      ref={body}
      role="rowgroup"
      class="windowed"
      style={{ height: `${props.list.count() * place().rowHeight}px` }}
    >
      <For each={placed().order}>
        {(_, at) => {
          const row = createMemo(() => placed().first + at());
          const server = createMemo(() => props.list.servers()[row()]);
          return (
            <tr
              role="row"
              aria-rowindex={row() + 2}
              classList={{ 'row-critical': server()?.state === 'silent' }}
              style={{ transform: `translateY(${row() * place().rowHeight}px)` }}
            >
              <Show when={server()} fallback={<NotYet />}>
                {(known) => <ServerCells server={known()} />}
              </Show>
            </tr>
          );
        }}
      </For>
    </tbody>
  );
}

/** A row that is not loaded yet. */
function NotYet() {
  return (
    <HeadCell class="cell-not-yet">
      <span class="visually-hidden">Loading …</span>
    </HeadCell>
  );
}
