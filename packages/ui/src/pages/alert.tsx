import { formatDuration } from '@healthapp/shared/domain/duration';
import { breachKinds } from '@healthapp/shared/domain/rule';
import type { AlertDetailView, NotificationView } from '@healthapp/shared/wire/api';
import { useParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { AcknowledgeButton } from '../components/acknowledge.tsx';
import { AlertContext } from '../components/alert-context.tsx';
import { AlertMarks } from '../components/alert-marks.tsx';
import { AlertStateBadge, SeverityBadge } from '../components/badge.tsx';
import { DeliveryState, DeliveryTime } from '../components/delivery.tsx';
import { Fact, Facts } from '../components/facts.tsx';
import { Labels } from '../components/labels.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { OperatorOnly } from '../components/operator-only.tsx';
import { Cell, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago, At, Exact } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { usePageTitle } from '../components/title.ts';
import { closingWords, currentSummary, eventWords, isMomentary, kindTitle, placeOf } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

export function AlertPage() {
  const kernel = useKernel();
  const parameters = useParams<{ id: string }>();
  const view = kernel.alert(() => parameters.id);
  usePageTitle(() => {
    const alert = view.value();
    return alert === undefined ? 'Alert' : `${kindTitle(alert.kind)}: ${placeOf(alert)}`;
  });
  return (
    <>
      <p class="back">
        <a href={paths.alerts}>Alerts</a>
      </p>
      <Loaded view={view} what="the alert" missing={<NoSuchAlert />}>
        {(alert) => <Alert alert={alert()} onChange={view.put} />}
      </Loaded>
    </>
  );
}

function NoSuchAlert() {
  return (
    <>
      <h1>No such alert</h1>
      <Notice tone="info" icon="question" title="This alert is not known">
        Old alerts are removed in time. <a href={paths.alerts}>Look among all alerts</a>
      </Notice>
    </>
  );
}

interface AlertProps {
  readonly alert: AlertDetailView;
  /** Something was done to it, and this came of it. */
  readonly onChange: (alert: AlertDetailView) => void;
}

function Alert(props: AlertProps) {
  const { clock } = useKernel();
  const summary = createMemo(() => currentSummary(props.alert, clock.now()));
  const duration = createMemo(() => formatDuration((props.alert.closedAt ?? clock.now()) - props.alert.createdAt));
  const tone = () => (props.alert.closedAt === null ? props.alert.severity : 'closed');
  return (
    <>
      <div class={`alert-head alert-head-${tone()}`}>
        <div class="badges">
          <AlertStateBadge state={props.alert.state} severity={props.alert.severity} />
          <SeverityBadge severity={props.alert.severity} />
        </div>
        <h1>
          <Show when={props.alert.server} fallback={`${placeOf(props.alert)}:`}>
            {(server) => (
              <a class="name" href={paths.server(server())}>
                {server()}
              </a>
            )}
          </Show>{' '}
          {summary()}
        </h1>
        <p class="alert-since">
          <Show when={!isMomentary(props.alert)} fallback="At ">
            {props.alert.closedAt === null ? 'Open for' : 'It lasted'} <strong>{duration()}</strong>
            {props.alert.closedAt === null ? ', since ' : ', from '}
          </Show>
          <At at={props.alert.createdAt} />
          <Show when={!isMomentary(props.alert) && props.alert.closedAt}>
            {(at) => (
              <>
                {' '}
                to <At at={at()} />
                <Show when={props.alert.closedBecause}>{(because) => <>: {closingWords[because()]}</>}</Show>
              </>
            )}
          </Show>
        </p>
        <AlertMarks alert={props.alert} />
        <Show when={props.alert.actions.length > 0}>
          <ul class="alert-actions" aria-label="What was done about it">
            <For each={props.alert.actions}>
              {(action) => (
                <li>
                  {action.text}{' '}
                  <span class="text-quiet">
                    (<Ago at={action.at} />)
                  </span>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <Show when={props.alert.closedAt === null}>
          <div class="actions">
            <AcknowledgeButton
              alert={props.alert}
              class={`btn ${props.alert.acknowledgedAt === null ? 'btn-primary' : 'btn-outline-primary'}`}
              onDone={props.onChange}
            />
            <OperatorOnly>
              <a class="btn btn-outline-primary" href={paths.silenceOf(props.alert)}>
                Silence this
              </a>
            </OperatorOnly>
            <Show when={breachKinds.includes(props.alert.kind)}>
              <a class="btn btn-outline-primary" href={paths.rules}>
                The rules
              </a>
            </Show>
            <Show when={props.alert.kind === 'mass-silence'}>
              <a class="btn btn-outline-primary" href={paths.serversWhere({ state: 'silent' })}>
                Servers that are down
              </a>
            </Show>
          </div>
        </Show>
      </div>
      <div class="columns">
        <div>
          <section aria-labelledby="timeline">
            <h2 id="timeline">Timeline</h2>
            <Timeline entries={props.alert.timeline} />
          </section>
          <Show when={props.alert.context}>
            {(context) => <AlertContext context={context()} at={props.alert.createdAt} />}
          </Show>
        </div>
        <section aria-labelledby="facts">
          <h2 id="facts">Facts</h2>
          <AlertFacts alert={props.alert} />
        </section>
      </div>
      <section aria-labelledby="notifications">
        <h2 id="notifications">Who was told</h2>
        <Show
          when={props.alert.notifications.length > 0}
          fallback={<p class="text-quiet">Nobody so far: no receiver was to be told of this alert.</p>}
        >
          <Notifications notifications={props.alert.notifications} />
        </Show>
      </section>
    </>
  );
}

function AlertFacts(props: { readonly alert: AlertDetailView }) {
  return (
    <Facts>
      <Fact title="What" value={kindTitle(props.alert.kind)} />
      <Fact title="Of what" value={props.alert.subject} />
      <TimeFact title="Last heard" at={props.alert.lastHeardAt} />
      <TimeFact title="Was due" at={props.alert.dueAt} />
      <TimeFact title="Detected" at={props.alert.createdAt} />
      <TimeFact title="Acknowledged" at={props.alert.acknowledgedAt} />
      <Fact title="By" value={props.alert.acknowledgedBy} />
      <TimeFact title="Silenced until" at={props.alert.silencedUntil} />
      <TimeFact title="Closed" at={props.alert.closedAt} />
      <Fact title="Labels" value={Object.keys(props.alert.labels).join()}>
        <Labels labels={props.alert.labels} />
      </Fact>
      <Fact title="Alert" value={props.alert.id} />
    </Facts>
  );
}

function TimeFact(props: { readonly title: string; readonly at: number | null }) {
  return (
    <Fact title={props.title} value={props.at}>
      <Exact at={props.at} />
    </Fact>
  );
}

const columns = [
  { title: 'Receiver' },
  { title: 'Of what' },
  { title: 'State' },
  { title: 'Tries' },
  { title: 'When' },
];

function Notifications(props: { readonly notifications: readonly NotificationView[] }) {
  const inOrder = createMemo(() => [...props.notifications].sort((one, other) => one.createdAt - other.createdAt));
  return (
    <Table class="notification-table" caption="Notifications" columns={columns}>
      <Rows>
        <For each={inOrder()}>{(notification) => <NotificationRow notification={notification} />}</For>
      </Rows>
    </Table>
  );
}

function NotificationRow(props: { readonly notification: NotificationView }) {
  return (
    <Row>
      <HeadCell class="cell-what">
        <a class="name" href={paths.notificationsWhere({ receiver: props.notification.receiver })}>
          {props.notification.receiver}
        </a>
        <Show when={props.notification.route}>{(route) => <span class="cell-more">{route()}</span>}</Show>
        <Show when={props.notification.lastError}>
          {(error) => (
            <span class="cell-more" classList={{ 'cell-error': props.notification.state !== 'accepted' }}>
              Last error: {error()}
            </span>
          )}
        </Show>
      </HeadCell>
      <Cell title="Of what">
        {eventWords(props.notification.event, props.notification.number)}
        <Show when={props.notification.group}>
          <span class="cell-more">together with others</span>
        </Show>
      </Cell>
      <Cell class="cell-state">
        <DeliveryState notification={props.notification} />
      </Cell>
      <Cell title="Tries">{props.notification.attempts}</Cell>
      <Cell title="When">
        <DeliveryTime notification={props.notification} />
      </Cell>
    </Row>
  );
}
