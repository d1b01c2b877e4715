import { notificationStates } from '@healthapp/shared/domain/notification';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { DeliveryState } from '../components/delivery.tsx';
import { Endless } from '../components/endless.tsx';
import { FaultNotice, Notice, Skeleton } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Cell, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago, At } from '../components/time.tsx';
import { deliveryWords, effortWords, notificationText, placeOf } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { type NotificationQuery, notificationQueryFrom } from '../kernel/notification-list.ts';
import { paths } from '../kernel/paths.ts';

/** What was told, to whom, and what was not, and why. */
export function NotificationsPage() {
  const kernel = useKernel();
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const query = createMemo(() => notificationQueryFrom({ ...parameters }), undefined, {
    equals: (one, other) => one.state === other.state && one.receiver === other.receiver,
  });
  const list = kernel.notifications(query);
  const change = (part: Partial<NotificationQuery>) =>
    navigate(paths.notificationsWhere({ ...query(), ...part }), { replace: true, scroll: false });
  const narrowed = () => query().state !== '' || query().receiver !== '';
  return (
    <>
      <PageTitle title="Notifications" />
      <p class="text-quiet page-about">
        What was told, the newest first. What is held back or failed says why; nothing is given up within a day.
      </p>
      <Controls query={query()} onChange={change} />
      <Show when={!list.loading()} fallback={<Skeleton what="the notifications" />}>
        <Show when={list.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
        <Show
          when={list.items().length > 0}
          fallback={
            <Show when={list.fault() === undefined && !list.changing() && !list.more()}>
              <Show
                when={narrowed()}
                fallback={
                  <Notice tone="quiet" icon="info" title="Nobody was told of anything yet">
                    The first message about an alert will stand here.
                  </Notice>
                }
              >
                <Notice tone="quiet" icon="search" title="No notification is like that">
                  <a href={paths.notifications}>Show all notifications</a>
                </Notice>
              </Show>
            </Show>
          }
        >
          <div aria-busy={list.changing()}>
            <Table class="notification-list" caption="Notifications, the newest first" columns={columns}>
              <Rows>
                <For each={list.items()}>{(notification) => <NotificationRow notification={notification} />}</For>
              </Rows>
            </Table>
          </div>
        </Show>
        <Endless list={list} noun="notifications" />
      </Show>
    </>
  );
}

interface ControlsProps {
  readonly query: NotificationQuery;
  readonly onChange: (part: Partial<NotificationQuery>) => void;
}

function Controls(props: ControlsProps) {
  const { status } = useKernel();
  // One that is not configured any more was told all the same.
  const receivers = createMemo(() => [
    ...new Set([...(status.value()?.receivers ?? []).map(({ name }) => name), props.query.receiver]),
  ]);
  return (
    <div class="controls notification-controls">
      <div class="sort-choice">
        <label for="notification-receiver">Receiver</label>
        <select
          id="notification-receiver"
          class="form-select"
          onChange={(event) => props.onChange({ receiver: event.currentTarget.value })}
        >
          <option value="" selected={props.query.receiver === ''}>
            All
          </option>
          <For each={receivers().filter((name) => name !== '')}>
            {(name) => (
              <option value={name} selected={props.query.receiver === name}>
                {name}
              </option>
            )}
          </For>
        </select>
      </div>
      <fieldset class="state-choice">
        <legend class="visually-hidden">State</legend>
        <For each={['', ...notificationStates] as const}>
          {(state) => (
            <button
              type="button"
              class="choice"
              aria-pressed={props.query.state === state}
              onClick={() => props.onChange({ state })}
            >
              {state === '' ? 'All' : deliveryWords[state]}
            </button>
          )}
        </For>
      </fieldset>
    </div>
  );
}

const columns = [{ title: 'What' }, { title: 'Receiver' }, { title: 'State' }, { title: 'When' }];

function NotificationRow(props: { readonly notification: ListedNotificationView }) {
  return (
    <Row>
      <HeadCell class="cell-what">
        <a class="name" href={paths.alert(props.notification.alertId)}>
          <Show when={props.notification.alert} fallback="An alert that is not kept any more">
            {(alert) => placeOf(alert())}
          </Show>
        </a>
        <span class="cell-more">{notificationText(props.notification)}</span>
        <Show when={props.notification.lastError}>
          {(error) => (
            <span class="cell-more" classList={{ 'cell-error': props.notification.state !== 'accepted' }}>
              Last error: {error()}
            </span>
          )}
        </Show>
      </HeadCell>
      <Cell title="Receiver">{props.notification.receiver}</Cell>
      <Cell class="cell-state">
        <DeliveryState notification={props.notification} />
        <Show when={effortWords(props.notification)}>{(words) => <span class="cell-more">{words()}</span>}</Show>
      </Cell>
      <Cell class="cell-when" title="When">
        <At at={props.notification.createdAt} to="second" />
        <span class="cell-more">
          <Ago at={props.notification.createdAt} />
        </span>
      </Cell>
    </Row>
  );
}
