/** Signing in: in place of the page that was asked for, or over the one that is open when a session ends. */
import { createSignal, createUniqueId, onCleanup, onMount, Show } from 'solid-js';
import { createAction } from '../kernel/action.ts';
import type { ApiFault } from '../kernel/api-request.ts';
import { useKernel } from '../kernel/kernel.ts';
import { ActionButton } from './action-button.tsx';
import { BrandMark } from './brand-mark.tsx';
import { Notice } from './notice.tsx';
import { usePageTitle } from './title.ts';

export function SignInPage() {
  usePageTitle(() => 'Sign in');
  return (
    <main id="main" class="sign-in">
      <p class="sign-in-brand">
        <BrandMark size={40} /> HealthApp
      </p>
      <h1>Sign in</h1>
      <SignInForm />
      <p class="text-quiet">
        No account yet? On the monitor's machine, <code>healthapp users add NAME</code> makes one.
      </p>
    </main>
  );
}

/** Whatever is open stays below it as it is. It cannot be closed: nothing below would work. */
export function SignInAgain() {
  const id = createUniqueId();
  let element: HTMLDialogElement | undefined;
  onMount(() => element?.showModal());
  onCleanup(() => element?.close());
  return (
    <dialog ref={element} class="dialog" aria-labelledby={id} onCancel={(event) => event.preventDefault()}>
      <h2 id={id}>Sign in again</h2>
      <p>Your session has ended. What you were doing is still here.</p>
      <SignInForm />
    </dialog>
  );
}

function SignInForm() {
  const { session } = useKernel();
  const id = createUniqueId();
  const [user, setUser] = createSignal('');
  const [password, setPassword] = createSignal('');
  let field: HTMLInputElement | undefined;
  const action = createAction<void, void>(
    () => session.signIn(user().trim(), password()),
    () => {},
  );
  return (
    <form
      class="sign-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (user().trim() === '' || password() === '') field?.focus();
        else action.run();
      }}
    >
      <div class="field">
        <label for={`${id}-user`}>User</label>
        <input
          ref={field}
          id={`${id}-user`}
          class="form-control"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          required
          maxlength="128"
          value={user()}
          onInput={(event) => setUser(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for={`${id}-password`}>Password</label>
        <input
          id={`${id}-password`}
          class="form-control"
          type="password"
          autocomplete="current-password"
          required
          maxlength="1024"
          value={password()}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </div>
      <Show when={action.fault()}>{(fault) => <SignInFault fault={fault()} />}</Show>
      <ActionButton action={action}>Sign in</ActionButton>
    </form>
  );
}

function SignInFault(props: { readonly fault: ApiFault }) {
  const title = () => {
    if (props.fault.status === 401) return 'Wrong user or password';
    return props.fault.status === 429 ? 'Too many attempts' : props.fault.title;
  };
  return (
    <div role="alert">
      <Notice tone="critical" icon="exclamation" title={title()}>
        {props.fault.status === 401 ? 'Try again.' : props.fault.message}
      </Notice>
    </div>
  );
}
