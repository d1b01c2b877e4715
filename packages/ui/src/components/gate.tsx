/** Lets nobody see a page who is not signed in: what was asked for appears where it is, after the sign-in. */
import { createMemo, Match, type ParentProps, Show, Switch } from 'solid-js';
import type { ApiFault } from '../kernel/api-request.ts';
import { useKernel } from '../kernel/kernel.ts';
import { Frame } from './frame.tsx';
import { Notice } from './notice.tsx';
import { SignInAgain, SignInPage } from './sign-in.tsx';

export function Gate(props: ParentProps) {
  const { session } = useKernel();
  /** A page is open, although its session may have ended. */
  const inside = createMemo(() => {
    const state = session.state();
    return state.kind === 'signed-in' || (state.kind === 'signed-out' && state.before !== null);
  });
  const faultAtStart = () => {
    const state = session.state();
    return state.kind === 'unknown' ? state.fault : null;
  };
  return (
    <Switch>
      <Match when={inside()}>
        <Frame>{props.children}</Frame>
        <Show when={session.state().kind === 'signed-out'}>
          <SignInAgain />
        </Show>
      </Match>
      <Match when={session.state().kind === 'signed-out'}>
        <SignInPage />
      </Match>
      <Match when={faultAtStart()}>{(fault) => <NoAnswer fault={fault()} />}</Match>
    </Switch>
  );
}

function NoAnswer(props: { readonly fault: ApiFault }) {
  return (
    <main class="page">
      <h1>HealthApp</h1>
      <div role="alert">
        <Notice tone="critical" icon="exclamation" title={props.fault.title}>
          {props.fault.message}
        </Notice>
      </div>
    </main>
  );
}
