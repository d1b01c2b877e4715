import type { SessionView } from '@healthapp/shared/wire/access';
import { createSignal, Show } from 'solid-js';
import { ActionButton } from '../components/action-button.tsx';
import { AskingDialog } from '../components/dialog.tsx';
import { Fact, Facts } from '../components/facts.tsx';
import { Field } from '../components/field.tsx';
import { createFormFaults } from '../components/form-faults.ts';
import { Icon } from '../components/icon.tsx';
import { FaultNotice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { At } from '../components/time.tsx';
import { createAction } from '../kernel/action.ts';
import { useKernel } from '../kernel/kernel.ts';

/** Who is signed in, until when; and one's own password. */
export function AccountPage() {
  const { session } = useKernel();
  return (
    <>
      <PageTitle title="Account" />
      <Show when={session.own()}>
        {(own) => (
          <>
            <section aria-labelledby="who">
              <h2 id="who">Who you are</h2>
              <Who session={own()} />
            </section>
            <Show when={own().kind === 'session'}>
              <section aria-labelledby="password">
                <h2 id="password">Password</h2>
                <ChangePassword user={own().user} />
              </section>
              <section aria-labelledby="sessions">
                <h2 id="sessions">Sessions</h2>
                <SignOutEverywhere />
              </section>
            </Show>
          </>
        )}
      </Show>
    </>
  );
}

const rolesInWords = {
  operator: 'operator: sees everything and acts',
  viewer: 'viewer: sees everything and changes nothing',
} as const;

const kindsInWords = {
  session: 'with a password, in this browser',
  proxy: 'by the reverse proxy before HealthApp',
  token: 'with an API token',
  open: 'not at all: auth.mode is none, so whoever is at this machine may act',
} as const;

function Who(props: { readonly session: SessionView }) {
  return (
    <Facts>
      <Fact title="User" value={props.session.user} />
      <Fact title="Role" value={rolesInWords[props.session.role]} />
      <Fact title="Signed in" value={kindsInWords[props.session.kind]} />
      <Fact title="Until" value={props.session.endsAt}>
        <At at={props.session.endsAt ?? 0} />
      </Fact>
      <Fact title="Without a page open" value={props.session.idleUntil}>
        until <At at={props.session.idleUntil ?? 0} />
      </Fact>
    </Facts>
  );
}

const passwordFields = ['current', 'password'] as const;

function ChangePassword(props: { readonly user: string }) {
  const { session } = useKernel();
  let form: HTMLFormElement | undefined;
  const [current, setCurrent] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [done, setDone] = createSignal(false);
  const action = createAction<void, void>(
    () => session.changePassword(current(), password()),
    () => {
      setCurrent('');
      setPassword('');
      setDone(true);
    },
  );
  const faults = createFormFaults(
    () => form,
    action.fault,
    (name) => passwordFields.find((field) => field === name),
  );
  return (
    <form
      ref={form}
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        setDone(false);
        action.run();
      }}
    >
      <input type="text" hidden autocomplete="username" value={props.user} />
      <Field title="Present password" fault={faults.fields().current}>
        {(parts) => (
          <input
            {...parts()}
            class="form-control"
            type="password"
            autocomplete="current-password"
            required
            value={current()}
            onInput={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field
        title="New password"
        fault={faults.fields().password}
        hint="At least 8 characters. All your other sessions end."
      >
        {(parts) => (
          <input
            {...parts()}
            class="form-control"
            type="password"
            autocomplete="new-password"
            required
            value={password()}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </Field>
      <Show when={faults.other()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <ActionButton action={action}>Change the password</ActionButton>
      <p role="status" class="done">
        <Show when={done()}>
          <Icon name="check" /> The password is changed.
        </Show>
      </p>
    </form>
  );
}

function SignOutEverywhere() {
  const { session } = useKernel();
  const [asking, setAsking] = createSignal(false);
  const action = createAction<void, void>(
    () => session.signOutEverywhere(),
    () => setAsking(false),
  );
  return (
    <>
      <p>Signed in somewhere that you cannot reach any more?</p>
      <button type="button" class="btn btn-outline-danger" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        Sign out everywhere
      </button>
      <Show when={asking()}>
        <AskingDialog
          title="Sign out everywhere?"
          verb="Sign out everywhere"
          grave
          action={action}
          onClose={() => setAsking(false)}
        >
          <p>All sessions of yours end at once, this one too. API tokens go on.</p>
        </AskingDialog>
      </Show>
    </>
  );
}
