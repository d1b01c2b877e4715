import type { ParentProps } from 'solid-js';
import type { Action } from '../kernel/action.ts';

interface ActionButtonProps extends ParentProps {
  readonly action: Pick<Action<never>, 'busy'>;
  /** Beside `btn`; `btn-primary` unless given. */
  readonly class?: string;
  readonly autofocus?: boolean;
  /** Without one it submits the form that it stands in. */
  readonly onClick?: () => void;
}

/** Does something that takes a while, and says so meanwhile. Never disabled, which would take the focus away. */
export function ActionButton(props: ActionButtonProps) {
  return (
    <button
      type={props.onClick === undefined ? 'submit' : 'button'}
      class={`btn ${props.class ?? 'btn-primary'}`}
      autofocus={props.autofocus}
      aria-disabled={props.action.busy()}
      onClick={() => props.onClick?.()}
    >
      {props.action.busy() ? 'One moment …' : props.children}
    </button>
  );
}
