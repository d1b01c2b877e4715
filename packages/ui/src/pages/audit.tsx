import type { AuditRecordView } from '@healthapp/shared/wire/audit';
import { For, Show } from 'solid-js';
import { Endless } from '../components/endless.tsx';
import { FaultNotice, Notice, Skeleton } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Cell, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago, At } from '../components/time.tsx';
import { auditWords } from '../kernel/audit-text.ts';
import { useKernel } from '../kernel/kernel.ts';

const columns = [{ title: 'What' }, { title: 'Who' }, { title: 'When' }];

/** What operators did; for operators. */
export function AuditPage() {
  const kernel = useKernel();
  const list = kernel.audit();
  return (
    <>
      <PageTitle title="Audit" />
      <p class="text-quiet page-about">
        What operators did, who signed in, and sign-ins that failed, each summed up. Kept for a year, the last 20,000.
      </p>
      <Show when={list.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <Show when={!list.loading()} fallback={list.fault() === undefined ? <Skeleton what="the audit" /> : null}>
        <Show
          when={list.items().length > 0}
          fallback={
            <Show when={list.fault() === undefined}>
              <Notice tone="quiet" icon="info" title="Nothing yet">
                The first action of an operator will stand here.
              </Notice>
            </Show>
          }
        >
          <Table class="audit-table" caption="What operators did, the newest first" columns={columns}>
            <Rows>
              <For each={list.items()}>{(record) => <RecordRow record={record} />}</For>
            </Rows>
          </Table>
          <Endless list={list} noun="records" />
        </Show>
      </Show>
    </>
  );
}

function RecordRow(props: { readonly record: AuditRecordView }) {
  return (
    <Row>
      <HeadCell class="cell-what">
        <span class="name">{auditWords(props.record)}</span>
        <Show when={props.record.detail}>{(detail) => <span class="cell-more">{detail()}</span>}</Show>
      </HeadCell>
      <Cell title="Who">
        {props.record.by ?? 'nobody signed in'}
        <span class="cell-more">{props.record.from}</span>
      </Cell>
      <Cell title="When">
        <At at={props.record.at} />{' '}
        <span class="cell-more">
          <Ago at={props.record.at} />
        </span>
      </Cell>
    </Row>
  );
}
