/** Somebody has seen an alert: saying so, and taking it back. */
import type { AlertDetailView, AlertView } from '@healthapp/shared/wire/api';
import { createSignal, Show } from 'solid-js';
import { createAction } from '../kernel/action.ts';
import { placeOf } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { AskingDialog } from './dialog.tsx';
import { OperatorOnly } from './operator-only.tsx';

interface AcknowledgeProps {
  readonly alert: AlertView;
  readonly class: string;
  readonly onDone?: (alert: AlertDetailView) => void;
}

/** One button for both ways, so that the focus stays on it. */
export function AcknowledgeButton(props: AcknowledgeProps) {
  const [asking, setAsking] = createSignal<'acknowledge' | 'take-back'>();
  const acknowledged = () => props.alert.acknowledgedAt !== null;
  const close = () => setAsking(undefined);
  const done = (alert: AlertDetailView) => {
    close();
    props.onDone?.(alert);
  };
  return (
    <OperatorOnly>
      <button
        type="button"
        class={props.class}
        aria-haspopup="dialog"
        onClick={() => setAsking(acknowledged() ? 'take-back' : 'acknowledge')}
      >
        {acknowledged() ? 'Take back' : 'Acknowledge'}
        <span class="visually-hidden">
          {acknowledged() ? ' the acknowledgement of' : ''} the alert of {placeOf(props.alert)}
        </span>
      </button>
      {/* What is asked stays what it is, when the alert changes meanwhile. */}
      <Show when={asking() === 'acknowledge'}>
        <Acknowledging alert={props.alert} onClose={close} onDone={done} />
      </Show>
      <Show when={asking() === 'take-back'}>
        <TakingBack alert={props.alert} onClose={close} onDone={done} />
      </Show>
    </OperatorOnly>
  );
}

interface AskingProps {
  readonly alert: AlertView;
  readonly onClose: () => void;
  readonly onDone: (alert: AlertDetailView) => void;
}

function Acknowledging(props: AskingProps) {
  const { acts } = useKernel();
  const [comment, setComment] = createSignal('');
  const action = createAction<void, AlertDetailView>(
    () => acts.acknowledge(props.alert.id, comment().trim()),
    (alert) => props.onDone(alert),
  );
  return (
    <AskingDialog
      title={`Acknowledge: ${placeOf(props.alert)}`}
      verb="Acknowledge"
      action={action}
      onClose={props.onClose}
    >
      <p>It reminds nobody any more until it closes. Everyone sees that somebody takes care of it.</p>
      <div class="field">
        <label for="acknowledge-comment">
          Comment <span class="text-quiet">(may be empty)</span>
        </label>
        <textarea
          id="acknowledge-comment"
          class="form-control"
          rows="2"
          maxlength="1000"
          value={comment()}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </div>
    </AskingDialog>
  );
}

function TakingBack(props: AskingProps) {
  const { acts } = useKernel();
  const action = createAction<void, AlertDetailView>(
    () => acts.takeBackAcknowledgement(props.alert.id),
    (alert) => props.onDone(alert),
  );
  return (
    <AskingDialog
      title={`Take the acknowledgement back: ${placeOf(props.alert)}`}
      verb="Take back"
      action={action}
      onClose={props.onClose}
    >
      <p>While the alert stands, its reminders go out again.</p>
    </AskingDialog>
  );
}
