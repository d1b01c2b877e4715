/** What asks before it is done: the browser's own modal dialog, with its focus and its Escape key. */
import { createUniqueId, type JSX, onCleanup, onMount, type ParentProps, Show } from 'solid-js';
import type { Action } from '../kernel/action.ts';
import { ActionButton } from './action-button.tsx';
import { FaultNotice } from './notice.tsx';

interface DialogProps extends ParentProps {
  readonly title: string;
  /** It was closed: by its own buttons, or by the Escape key. */
  readonly onClose: () => void;
}

/** Open for as long as it is there. */
export function Dialog(props: DialogProps) {
  const id = createUniqueId();
  let element: HTMLDialogElement | undefined;
  let gone = false;
  onMount(() => element?.showModal());
  onCleanup(() => {
    gone = true;
    // Gives the focus back to where it was.
    element?.close();
  });
  return (
    <dialog ref={element} class="dialog" aria-labelledby={id} onClose={() => !gone && props.onClose()}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

interface AskingProps extends DialogProps {
  /** What the button says: "Forget web-1". */
  readonly verb: string;
  /** Cannot be undone, or makes an alert: then Cancel has the focus. */
  readonly grave?: boolean;
  readonly action: Action<void>;
}

/** Asks first: a button that does it, one that does not, and why it failed when it did. */
export function AskingDialog(props: AskingProps) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.action.run();
        }}
      >
        {props.children}
        <Show when={props.action.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
        <DialogButtons>
          <ActionButton
            action={props.action}
            class={props.grave ? 'btn-danger' : 'btn-primary'}
            autofocus={!props.grave}
          >
            {props.verb}
          </ActionButton>
          <button
            type="button"
            class="btn btn-outline-primary"
            autofocus={props.grave ?? false}
            onClick={props.onClose}
          >
            Cancel
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

export function DialogButtons(props: { readonly children: JSX.Element }) {
  return <div class="dialog-buttons">{props.children}</div>;
}
