/** How another host comes to report here, ready to copy, and whether it has come. */
import { isServerName } from '@healthapp/shared/domain/server';
import type { ServerView } from '@healthapp/shared/wire/api';
import { createMemo, createSignal, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { everyServer } from '../kernel/server-list.ts';
import { Field } from './field.tsx';
import { Notice } from './notice.tsx';
import { Snippet } from './snippet.tsx';
import { Ago } from './time.tsx';

const usualName = 'web-1';

/** @param props.first whether no server reports yet. */
export function AddServer(props: { readonly first?: boolean }) {
  const { session } = useKernel();
  return (
    <Show when={session.mayAct()} fallback={<AskAnOperator first={props.first ?? false} />}>
      <Steps first={props.first ?? false} />
    </Show>
  );
}

/** A viewer sees what there is: what a new server signs with is in nobody's hands but an operator's. */
function AskAnOperator(props: { readonly first: boolean }) {
  return (
    <Notice tone="info" icon="info" title={props.first ? 'No server reports yet' : 'Operators add servers'}>
      You may look at everything. A new server needs a key of its own, which an operator makes on the monitor's machine;{' '}
      {props.first ? 'it appears here with its first heartbeat.' : 'ask one of them.'}
    </Notice>
  );
}

function Steps(props: { readonly first: boolean }) {
  const { origin } = useKernel();
  const [text, setText] = createSignal('');
  const typed = () => text().trim();
  const right = () => typed() === '' || isServerName(typed());
  const name = createMemo(() => (typed() === '' || !right() ? usualName : typed()));
  const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin);
  return (
    <section class="add-server" aria-labelledby="add-server-title">
      <h2 id="add-server-title">{props.first ? 'Add the first server' : 'Any host with the agent'}</h2>
      <p>Every host that runs the agent appears by itself with its first heartbeat.</p>
      <Field
        title="What it is called"
        hint="The host's name, or another one: letters, digits and . _ : -"
        fault={right() ? undefined : 'A name has letters, digits and . _ : - alone, and 253 of them at most.'}
      >
        {(parts) => (
          <input
            {...parts()}
            class="form-control field-name"
            placeholder={usualName}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxlength="253"
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <ol class="steps">
        <li>
          <p>On the monitor's machine, print the key of this server alone. Keys are shown there and nowhere else:</p>
          <Snippet text={`healthapp key ${name()}`} what="the command that prints the key" />
        </li>
        <li>
          <p>
            On {name()}, install the agent (Debian, Ubuntu), whose package <code>npm run deb</code> builds:
          </p>
          <Snippet text="apt install ./healthapp-agent_*_all.deb" what="the command that installs the agent" />
        </li>
        <li>
          <p>
            There, write this and the key into <code>/etc/healthapp/config.yaml</code>:
          </p>
          <Snippet
            text={`api_url: ${origin}\nagent:\n  name: ${yamlText(name())}\n  key: PASTE-THE-KEY-HERE`}
            what="the configuration"
          />
          {loopback && (
            <p class="text-quiet">
              {origin} is this machine alone: put there the address under which the other host reaches it.
            </p>
          )}
        </li>
        <li>
          <p>
            Try it. It says “{name()}: accepted by {origin}”, or what is wrong:
          </p>
          <Snippet text="healthapp agent --once" what="the command that sends one heartbeat" />
        </li>
        <li>
          <p>Let it report from now on, after a restart of the host too:</p>
          <Snippet text="systemctl enable --now healthapp-agent" what="the command that starts the agent" />
        </li>
      </ol>
      <Show when={right() && typed()}>{(asked) => <Arrival name={asked()} />}</Show>
    </section>
  );
}

/** A colon at the end, or a dash alone, means something to YAML. */
function yamlText(name: string): string {
  return /^\w[\w.-]*$/.test(name) ? name : `'${name}'`;
}

/** Says so once the server of this name reports. */
function Arrival(props: { readonly name: string }) {
  const kernel = useKernel();
  const found = kernel.servers(() => ({ ...everyServer, sort: 'name', search: props.name }), 20);
  const heard = () => {
    const server = found.items().find(({ name }) => name === props.name);
    return server?.lastHeartbeatAt == null ? undefined : { ...server, at: server.lastHeartbeatAt };
  };
  return (
    <div role="status">
      <Show
        when={heard()}
        fallback={<p class="text-quiet">{props.name} has not reported yet. This page will say when it has.</p>}
      >
        {(server) => (
          <Notice {...(server().state === 'up' ? reporting : quiet)} title={`${server().name} ${wordsOf(server())}`}>
            Last heard <Ago at={server().at} />. <a href={paths.server(server().name)}>Look at it</a>
          </Notice>
        )}
      </Show>
    </div>
  );
}

const reporting = { tone: 'good', icon: 'check' } as const;
const quiet = { tone: 'info', icon: 'info' } as const;

function wordsOf({ state }: Pick<ServerView, 'state'>): string {
  return state === 'up' ? 'reports' : 'is known, and does not report now';
}
