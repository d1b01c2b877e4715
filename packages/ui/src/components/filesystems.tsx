import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { createMemo, For } from 'solid-js';
import { bytes } from '../kernel/amount.ts';
import { capitalized } from '../kernel/capitalized.ts';
import { useKernel } from '../kernel/kernel.ts';
import { Notice } from './notice.tsx';
import { diskLimits, PercentBar } from './percent-bar.tsx';
import { Cell, HeadCell, Row, Rows, Table } from './table.tsx';

type Filesystem = NonNullable<ServerDetailView['host']>['filesystems'][number];

const columns = [{ title: 'Path' }, { title: 'Used' }, { title: 'Size' }, { title: 'Free' }];

/** The fullest first. */
export function Filesystems(props: { readonly filesystems: readonly Filesystem[] }) {
  const { diskFullPercent } = useKernel();
  const sorted = createMemo(() =>
    [...props.filesystems].sort((one, other) => other.percent - one.percent || (one.path < other.path ? -1 : 1)),
  );
  return (
    <Table class="filesystem-table" caption="Filesystems" columns={columns}>
      <Rows>
        <For each={sorted()}>
          {(filesystem) => (
            <Row>
              <HeadCell class="cell-what">
                <span class="name">{filesystem.path}</span>
                <span class="cell-more">
                  {[filesystem.device, filesystem.type].filter((part) => part !== undefined).join(' · ')}
                </span>
              </HeadCell>
              <Cell class="cell-percent">
                <PercentBar percent={filesystem.percent} {...diskLimits(diskFullPercent())} />
              </Cell>
              <Cell title="Size">{bytes(filesystem.size)}</Cell>
              <Cell title="Free">{bytes(filesystem.free)}</Cell>
            </Row>
          )}
        </For>
      </Rows>
    </Table>
  );
}

/** What is mounted there and did not answer: nothing is known of it, which is not that it is well. */
export function Unobserved(props: { readonly unobserved: NonNullable<ServerDetailView['host']>['unobserved'] }) {
  return (
    <For each={props.unobserved}>
      {({ path, reason }) => (
        <Notice tone="info" icon="question" title={`${path} cannot be observed`}>
          {capitalized(reason)}.
        </Notice>
      )}
    </For>
  );
}
