import type { CheckView } from '@healthapp/shared/wire/api';
import { createMemo, For } from 'solid-js';
import { valueText } from '../kernel/series.ts';
import { CheckBadge } from './badge.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from './table.tsx';

const columns = [{ title: 'Check' }, { title: 'State' }, { title: 'Latency' }];

/** What came of the checks that the server's agent runs, those that failed first. */
export function Checks(props: { readonly checks: readonly CheckView[] }) {
  const sorted = createMemo(() =>
    [...props.checks].sort(
      (one, other) => Number(one.status === 'ok') - Number(other.status === 'ok') || (one.name < other.name ? -1 : 1),
    ),
  );
  return (
    <Table class="check-table" caption="Checks" columns={columns}>
      <Rows>
        <For each={sorted()}>
          {(check) => (
            <Row critical={check.status === 'failed'}>
              <HeadCell class="cell-what">
                <span class="name">{check.name}</span>
                <span class="cell-more">{[check.kind, check.message].filter((part) => part !== null).join(': ')}</span>
              </HeadCell>
              <Cell>
                <CheckBadge status={check.status} />
              </Cell>
              <Cell title="Latency">{check.latency === null ? <Dash /> : valueText(check.latency, 'ms')}</Cell>
            </Row>
          )}
        </For>
      </Rows>
    </Table>
  );
}
