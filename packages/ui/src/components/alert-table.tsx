import { formatDuration } from '@healthapp/shared/domain/duration';
import type { AlertView } from '@healthapp/shared/wire/api';
import { createMemo, For, Show } from 'solid-js';
import { currentSummary, inShort, isMomentary, kindTitle, placeOf } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { AcknowledgeButton } from './acknowledge.tsx';
import { AlertMarks } from './alert-marks.tsx';
import { AlertStateBadge, SeverityBadge } from './badge.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from './table.tsx';
import { At } from './time.tsx';

interface AlertTableProps {
  readonly alerts: readonly AlertView[];
  readonly caption: string;
  /** Old ones also say when they ended and why. */
  readonly closed: boolean;
  /** Leaves out the server where the page is about one. */
  readonly ofOneServer?: boolean;
}

export function AlertTable(props: AlertTableProps) {
  const { session } = useKernel();
  const actable = () => !props.closed && session.mayAct();
  const columns = () => [
    { title: props.ofOneServer ? 'What' : 'Server and what is wrong' },
    { title: 'Severity' },
    { title: 'Start' },
    { title: props.closed ? 'End' : 'State' },
    { title: 'Duration' },
    ...(actable() ? [{ title: 'Acknowledge' }] : []),
  ];
  return (
    <Table
      class={`alert-table ${props.closed ? 'alerts-closed' : ''} ${actable() ? '' : 'alerts-only-read'}`}
      caption={props.caption}
      columns={columns()}
    >
      <Rows>
        <For each={props.alerts}>{(alert) => <AlertRow alert={alert} {...rowProps(props)} />}</For>
      </Rows>
    </Table>
  );
}

function rowProps(props: AlertTableProps) {
  return { closed: props.closed, ofOneServer: props.ofOneServer ?? false };
}

interface AlertRowProps {
  readonly alert: AlertView;
  readonly closed: boolean;
  readonly ofOneServer: boolean;
}

function AlertRow(props: AlertRowProps) {
  const { clock, session } = useKernel();
  const momentary = () => isMomentary(props.alert);
  const summary = createMemo(() => inShort(currentSummary(props.alert, clock.now())));
  const duration = createMemo(() => formatDuration((props.alert.closedAt ?? clock.now()) - props.alert.createdAt));
  return (
    <Row critical={!props.closed && props.alert.severity === 'critical'}>
      <HeadCell class="cell-what">
        <a class="name" href={paths.alert(props.alert.id)}>
          {props.ofOneServer ? kindTitle(props.alert.kind) : placeOf(props.alert)}
        </a>
        <span class="cell-more">
          {props.ofOneServer || props.alert.server === null ? '' : `${kindTitle(props.alert.kind)}: `}
          {summary()}
        </span>
        <AlertMarks alert={props.alert} />
      </HeadCell>
      <Cell class="cell-severity">
        <SeverityBadge severity={props.alert.severity} />
      </Cell>
      <Cell class="cell-start" title="Start">
        <At at={props.alert.createdAt} />
      </Cell>
      <Show
        when={props.closed}
        fallback={
          <Cell class="cell-end">
            <AlertStateBadge state={props.alert.state} severity={props.alert.severity} />
          </Cell>
        }
      >
        <Cell class="cell-end" title="End">
          <Show when={!momentary()}>
            <Show when={props.alert.closedAt} fallback={<Dash meaning="not yet" />}>
              {(at) => <At at={at()} />}
            </Show>
            <span class="cell-more">{props.alert.closedBecause}</span>
          </Show>
        </Cell>
      </Show>
      <Cell class="cell-duration" title="Duration">
        <Show when={!momentary()}>{duration()}</Show>
      </Cell>
      <Show when={!props.closed && session.mayAct()}>
        <Cell class="cell-act">
          <AcknowledgeButton alert={props.alert} class="btn btn-sm btn-outline-primary" />
        </Cell>
      </Show>
    </Row>
  );
}
