/** What is rarely done to a server, and asked first: refusing its key, and forgetting it. */
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { createSignal, Show } from 'solid-js';
import { type Action, createAction } from '../kernel/action.ts';
import { counted } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { AskingDialog, Dialog, DialogButtons } from './dialog.tsx';
import { OperatorOnly } from './operator-only.tsx';
import { Snippet } from './snippet.tsx';

interface ServerManagementProps {
  readonly server: ServerDetailView;
  /** The page's, since nothing that shows the server outlives it. */
  readonly forgetting: Action<void>;
}

export function ServerManagement(props: ServerManagementProps) {
  const [asking, setAsking] = createSignal<'revoke' | 'forget'>();
  const close = () => setAsking(undefined);
  return (
    <OperatorOnly>
      <section aria-labelledby="management">
        <h2 id="management">Manage</h2>
        <ul class="management">
          <li>
            <p>
              <strong>Its key is in wrong hands?</strong> Refuse it, and give the host a new one.
            </p>
            <button
              type="button"
              class="btn btn-outline-danger"
              aria-haspopup="dialog"
              onClick={() => setAsking('revoke')}
            >
              Revoke its key
            </button>
          </li>
          <li>
            <p>
              <strong>It is gone for good?</strong> Forget it, so that nobody is told of its silence.
            </p>
            <button
              type="button"
              class="btn btn-outline-danger"
              aria-haspopup="dialog"
              onClick={() => setAsking('forget')}
            >
              Forget it
            </button>
          </li>
        </ul>
        <Show when={asking() === 'revoke'}>
          <Revoking name={props.server.name} onClose={close} />
        </Show>
        <Show when={asking() === 'forget'}>
          <Forgetting
            name={props.server.name}
            openAlerts={props.server.problems.length}
            action={props.forgetting}
            onClose={close}
          />
        </Show>
      </section>
    </OperatorOnly>
  );
}

function Revoking(props: { readonly name: string; readonly onClose: () => void }) {
  const { acts } = useKernel();
  const [generation, setGeneration] = createSignal<number>();
  const action = createAction<void, { readonly generation: number }>(
    () => acts.revoke(props.name),
    (revoked) => setGeneration(revoked.generation),
  );
  return (
    <Show
      when={generation()}
      fallback={
        <AskingDialog
          title={`Revoke the key of ${props.name}?`}
          verb="Revoke the key"
          grave
          action={action}
          onClose={props.onClose}
        >
          <p>
            Its present key is refused from now on. Until the host has the new one, it cannot report: an alert comes
            when its deadline has passed. The old key never holds again.
          </p>
        </AskingDialog>
      }
    >
      {(now) => (
        <Dialog title={`The key of ${props.name} is revoked`} onClose={props.onClose}>
          <p>
            Its key is of generation {now()} now. On the monitor's machine, this prints it, and what the host's
            configuration needs with it:
          </p>
          <Snippet text={`healthapp key ${props.name} --generation ${now()}`} what="the command that prints the key" />
          <DialogButtons>
            <button type="button" class="btn btn-primary" autofocus onClick={props.onClose}>
              Done
            </button>
          </DialogButtons>
        </Dialog>
      )}
    </Show>
  );
}

interface ForgettingProps {
  readonly name: string;
  readonly openAlerts: number;
  readonly action: Action<void>;
  readonly onClose: () => void;
}

function Forgetting(props: ForgettingProps) {
  return (
    <AskingDialog title={`Forget ${props.name}?`} verb="Forget it" grave action={props.action} onClose={props.onClose}>
      <p>This cannot be undone:</p>
      <ul>
        <li>
          {props.openAlerts === 0
            ? 'No alert of it is open.'
            : `${counted(props.openAlerts, 'open alert')} of it ${props.openAlerts === 1 ? 'closes' : 'close'}.`}
        </li>
        <li>Its facts and its history go; the record of its alerts stays.</li>
        <li>If its agent still runs, it comes back as a new server with its next heartbeat.</li>
      </ul>
    </AskingDialog>
  );
}
