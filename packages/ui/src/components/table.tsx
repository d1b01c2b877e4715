// biome-ignore-all lint/a11y/noRedundantRoles: the parts are displayed as grids and blocks, and some browsers forget then that a table is one.
/** A table whose rows are grids; on a narrow screen each row is a card, and each cell says its column's title. */
import { Index, type JSX, type ParentProps, Show } from 'solid-js';

interface Column {
  readonly title: string;
  /** Where to click to sort by it. */
  readonly sortHref?: string;
  readonly sorted?: 'ascending' | 'descending' | undefined;
}

interface TableProps extends ParentProps {
  /** Sets the widths of the columns, in `tables.scss`. */
  readonly class: string;
  /** For screen readers. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** How many rows there are with the head's, when not all stand on the page. */
  readonly rowCount?: number;
}

/** Its children are `Rows`. */
export function Table(props: TableProps) {
  return (
    <table class={`grid-table ${props.class}`} role="table" aria-rowcount={props.rowCount}>
      <caption class="visually-hidden">{props.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <Index each={props.columns}>
            {(column) => (
              <th role="columnheader" scope="col" aria-sort={column().sorted}>
                <Show when={column().sortHref} fallback={column().title}>
                  {(href) => (
                    <a href={href()} noScroll replace>
                      {column().title}
                    </a>
                  )}
                </Show>
              </th>
            )}
          </Index>
        </tr>
      </thead>
      {props.children}
    </table>
  );
}

export function Rows(props: ParentProps) {
  return <tbody role="rowgroup">{props.children}</tbody>;
}

export function Row(props: ParentProps<{ readonly critical?: boolean }>) {
  return (
    <tr role="row" classList={{ 'row-critical': props.critical ?? false }}>
      {props.children}
    </tr>
  );
}

/** The cell that names the row. */
export function HeadCell(props: ParentProps<{ readonly class?: string }>) {
  return (
    <th role="rowheader" scope="row" class={props.class}>
      {props.children}
    </th>
  );
}

/** `title` is shown on a card, where no column's head stands above; without one the value speaks for itself. */
export function Cell(props: ParentProps<{ readonly title?: string; readonly class?: string }>) {
  return (
    <td role="cell" class={props.class}>
      <Show when={props.title}>
        <span class="cell-title" aria-hidden="true">
          {props.title}
        </span>
      </Show>
      <div class="cell-value">{props.children}</div>
    </td>
  );
}

export function Dash(props: { readonly meaning?: string }): JSX.Element {
  return (
    <span class="text-quiet">
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">{props.meaning ?? 'not reported'}</span>
    </span>
  );
}
