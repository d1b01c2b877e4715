import type { ServerView } from '@healthapp/shared/wire/api';
import { createMemo, For, Show } from 'solid-js';
import { percentOf } from '../kernel/amount.ts';
import { paths } from '../kernel/paths.ts';
import type { ServerQuery, ServerSort } from '../kernel/server-list.ts';
import { ServerStateBadge } from './badge.tsx';
import { Labels } from './labels.tsx';
import { OsMark } from './os-mark.tsx';
import { diskLimits, memoryLimits, PercentBar } from './percent-bar.tsx';
import { Problems } from './problems.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from './table.tsx';
import { Ago } from './time.tsx';

/** So many rows are laid out together, or not at all while they are off the screen (`content-visibility`). */
const rowsInGroup = 50;

const columns: readonly { readonly title: string; readonly sort: ServerSort }[] = [
  { title: 'Server', sort: 'name' },
  { title: 'State', sort: 'state' },
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
  readonly servers: readonly ServerView[];
  readonly query: ServerQuery;
}

export function ServerTable(props: ServerTableProps) {
  const groupCount = createMemo(() => Math.ceil(props.servers.length / rowsInGroup));
  const groups = createMemo(() => Array.from({ length: groupCount() }, (_, index) => index * rowsInGroup));
  const heads = () =>
    columns.map(({ title, sort }) => ({
      title,
      sortHref: paths.serversWhere({ ...props.query, sort }),
      sorted: props.query.sort === sort ? directionOf(sort) : undefined,
    }));
  return (
    <Table class="server-table" caption="Servers" columns={heads()}>
      <For each={groups()}>
        {(start) => (
          <Rows>
            <For each={props.servers.slice(start, start + rowsInGroup)}>
              {(server) => <ServerRow server={server} />}
            </For>
          </Rows>
        )}
      </For>
    </Table>
  );
}

function ServerRow(props: { readonly server: ServerView }) {
  const memoryPercent = () => {
    const memory = props.server.memory;
    return memory === null ? null : percentOf(memory.used, memory.total);
  };
  return (
    <Row critical={props.server.state === 'silent'}>
      <HeadCell class="cell-name">
        <OsMark os={props.server.os} kind={props.server.kind} />
        <div class="cell-value">
          <a class="name" href={paths.server(props.server.name)}>
            {props.server.name}
          </a>
          <Labels labels={props.server.labels} />
        </div>
      </HeadCell>
      <Cell class="cell-state">
        <ServerStateBadge state={props.server.state} />
        <Problems problems={props.server.problems} />
      </Cell>
      <Cell class="cell-disk" title="Fullest disk">
        <Show when={props.server.fullestFilesystem} fallback={<Dash />}>
          {(filesystem) => (
            <>
              <PercentBar percent={filesystem().percent} {...diskLimits} />
              <span class="cell-more">{filesystem().path}</span>
            </>
          )}
        </Show>
      </Cell>
      <Cell class="cell-load" title="Load">
        <Show when={props.server.load} fallback={<Dash />}>
          {(load) => <span title={loadTitle(load())}>{load()[0]?.toFixed(2)}</span>}
        </Show>
      </Cell>
      <Cell class="cell-memory" title="Memory">
        <Show when={memoryPercent() !== null} fallback={<Dash />}>
          <PercentBar percent={memoryPercent() ?? 0} {...memoryLimits} />
        </Show>
      </Cell>
      <Cell class="cell-heard" title="Last update">
        <Show when={props.server.lastHeartbeatAt} fallback="never">
          {(at) => <Ago at={at()} />}
        </Show>
      </Cell>
    </Row>
  );
}

function loadTitle(load: readonly number[]): string {
  return `over 1, 5 and 15 min: ${load.map((value) => value.toFixed(2)).join(', ')}`;
}
