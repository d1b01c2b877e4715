import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import type { ReceiverView } from '@healthapp/shared/wire/receivers';
import { createSignal, For, Show } from 'solid-js';
import { ReceiverBadge } from '../components/badge.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago } from '../components/time.tsx';
import { createAction } from '../kernel/action.ts';
import { number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { receiverKind, receiverState, testWords } from '../kernel/receiver-text.ts';

/** Who can be told, and how each fares. */
export function ReceiversPage() {
  const kernel = useKernel();
  const view = kernel.receivers();
  const columns = () => [
    { title: 'Receiver' },
    { title: 'State' },
    { title: 'Last accepted' },
    { title: 'Waiting' },
    ...(kernel.session.mayAct() ? [{ title: 'Test' }] : []),
  ];
  return (
    <>
      <PageTitle title="Receivers" />
      <p class="text-quiet page-about">
        Whom HealthApp can tell. Who is told of what, <a href={paths.routes}>the routes</a> say; what each was told,{' '}
        <a href={paths.notifications}>the notifications</a>.
      </p>
      <Loaded view={view} what="the receivers">
        {(list) => (
          <Show when={list().receivers.length > 0} fallback={<NoReceiver />}>
            <Table
              class={kernel.session.mayAct() ? 'receiver-table' : 'receiver-table receivers-only-read'}
              caption="Receivers"
              columns={columns()}
            >
              <Rows>
                <For each={list().receivers}>
                  {(receiver) => <ReceiverRow receiver={receiver} onTested={view.soon} />}
                </For>
              </Rows>
            </Table>
          </Show>
        )}
      </Loaded>
    </>
  );
}

function NoReceiver() {
  return (
    <Notice tone="quiet" icon="info" title="No receiver is configured">
      Alerts are only shown. Set <code>email_recipients</code> or <code>receivers</code> in the processor's
      configuration, and start it anew.
    </Notice>
  );
}

function ReceiverRow(props: { readonly receiver: ReceiverView; readonly onTested: () => void }) {
  const { session, trials } = useKernel();
  const [outcome, setOutcome] = createSignal<ReceiverTestView>();
  const action = createAction<string, ReceiverTestView>(trials.testReceiver, (test) => {
    setOutcome(test);
    props.onTested();
  });
  const words = () => {
    const test = outcome();
    if (action.busy()) return 'A test message is being sent …';
    return action.fault()?.message ?? (test === undefined ? '' : testWords(test));
  };
  const wentWrong = () => action.fault() !== undefined || outcome()?.accepted === false;

  function run(): void {
    setOutcome(undefined);
    action.run(props.receiver.name);
  }
  return (
    <Row>
      <HeadCell class="cell-what">
        <a class="name" href={paths.notificationsWhere({ receiver: props.receiver.name })}>
          {props.receiver.name}
        </a>
        <span class="cell-more">{receiverKind(props.receiver.kind)}</span>
        <Show when={props.receiver.lastFailure}>
          {(failure) => (
            <span class="cell-more" classList={{ 'cell-error': props.receiver.failures > 0 }}>
              Last failure <Ago at={failure().at} />: {failure().words}
            </span>
          )}
        </Show>
        <span class="cell-more" classList={{ 'cell-error': wentWrong() }} role="status">
          {words()}
        </span>
      </HeadCell>
      <Cell class="cell-state">
        <ReceiverBadge state={receiverState(props.receiver)} />
        <Show when={props.receiver.failures > 1}>
          <span class="cell-more">{number(props.receiver.failures)} times in a row</span>
        </Show>
      </Cell>
      <Cell title="Last accepted">
        <Show when={props.receiver.lastAcceptedAt} fallback={<Dash meaning="never" />}>
          {(at) => <Ago at={at()} />}
        </Show>
      </Cell>
      <Cell title="Waiting">
        <Show when={props.receiver.waiting > 0} fallback="0">
          <a href={paths.notificationsWhere({ receiver: props.receiver.name, state: 'waiting' })}>
            {number(props.receiver.waiting)}
          </a>
        </Show>
        <Show when={props.receiver.oldestWaitingAt}>
          {(at) => (
            <span class="cell-more">
              since <Ago at={at()} />
            </span>
          )}
        </Show>
      </Cell>
      <Show when={session.mayAct()}>
        <Cell class="cell-act">
          <button type="button" class="btn btn-sm btn-outline-primary" aria-disabled={action.busy()} onClick={run}>
            Send a test<span class="visually-hidden"> to {props.receiver.name}</span>
          </button>
        </Cell>
      </Show>
    </Row>
  );
}
