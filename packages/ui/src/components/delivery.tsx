/** What became of a notification: its state and why, and when it was taken or will be tried. */
import type { NotificationView } from '@healthapp/shared/wire/api';
import { Show } from 'solid-js';
import { holdReasonWords } from '../kernel/alert-text.ts';
import { DeliveryBadge } from './badge.tsx';
import { Dash } from './table.tsx';
import { Ago, At } from './time.tsx';

interface DeliveryProps {
  readonly notification: NotificationView;
}

export function DeliveryState(props: DeliveryProps) {
  return (
    <>
      <DeliveryBadge state={props.notification.state} />
      <Show when={props.notification.heldBecause}>
        {(reason) => <span class="cell-more">{holdReasonWords(reason())}</span>}
      </Show>
    </>
  );
}

/** When it was accepted; while it waits, when it is tried next. */
export function DeliveryTime(props: DeliveryProps) {
  return (
    <Show
      when={props.notification.acceptedAt}
      fallback={
        <Show
          when={props.notification.state === 'waiting' && props.notification.nextAttemptAt}
          fallback={<Dash meaning="never" />}
        >
          {(at) => (
            <>
              next try <Ago at={at()} />
            </>
          )}
        </Show>
      }
    >
      {(at) => (
        <>
          <At at={at()} to="second" />
          <span class="cell-more">
            <Ago at={at()} />
          </span>
        </>
      )}
    </Show>
  );
}
