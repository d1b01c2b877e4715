import type { KeysView } from '@healthapp/shared/wire/keys';
import { For, Show } from 'solid-js';
import { KeySetBadge } from '../components/badge.tsx';
import { Loaded } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Snippet } from '../components/snippet.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { Ago } from '../components/time.tsx';
import { number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

type KeySet = KeysView['keySets'][number];

const columns = [{ title: 'Key set' }, { title: 'State' }, { title: 'Servers' }, { title: 'Last used' }];

const rotation = `api_key:
  - id: summer                  # the new one, first: it signs
    secret_file: /etc/healthapp/summer.key
  - id: winter                  # the old one: it still verifies
    secret_file: /etc/healthapp/winter.key`;

/** Which keys agents sign with, whose were revoked, and how a new one is brought in; for operators. */
export function KeysPage() {
  const view = useKernel().keys();
  return (
    <>
      <PageTitle title="Keys" />
      <p class="text-quiet page-about">
        Agents sign their heartbeats with keys that are made from <code>api_key</code>. Keys themselves are shown by{' '}
        <code>healthapp key</code> on the monitor's machine, and nowhere else.
      </p>
      <Loaded view={view} what="the keys">
        {(keys) => (
          <>
            <Table class="key-table" caption="Key sets, the one that signs first" columns={columns}>
              <Rows>
                <For each={keys().keySets}>{(keySet) => <KeySetRow keySet={keySet} />}</For>
              </Rows>
            </Table>
            <Show when={keys().unknown.count > 0}>
              <p>
                Not known of {number(keys().unknown.count)}, which have not reported since this is noted, or are
                original agents: <Names servers={keys().unknown} />
              </p>
            </Show>
            <section aria-labelledby="revoked">
              <h2 id="revoked">Revoked</h2>
              <Show
                when={keys().revoked.count > 0}
                fallback={<p class="text-quiet">No server's key was revoked. That is done on the page of a server.</p>}
              >
                <p>The first key of these servers is refused. This one holds now:</p>
                <ul>
                  <For each={keys().revoked.servers}>
                    {(server) => (
                      <li>
                        <a class="name" href={paths.server(server.name)}>
                          {server.name}
                        </a>
                        : generation {server.generation}
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
            </section>
            <section aria-labelledby="rotation">
              <h2 id="rotation">A new key for all</h2>
              <p>
                Put the new one first, on the APIs and then on the agents. When no server signs with the old one any
                more, take it out.
              </p>
              <Snippet text={rotation} what="the configuration with two keys" />
            </section>
          </>
        )}
      </Loaded>
    </>
  );
}

function KeySetRow(props: { readonly keySet: KeySet }) {
  return (
    <Row>
      <HeadCell class="cell-what">
        <span class="name">{props.keySet.id ?? 'The one key'}</span>
        <span class="cell-more">
          <Names servers={props.keySet.servers} />
        </span>
      </HeadCell>
      <Cell>
        <KeySetBadge state={props.keySet.state} />
      </Cell>
      <Cell title="Servers">{number(props.keySet.servers.count)}</Cell>
      <Cell title="Last used">
        <Show when={props.keySet.lastUsedAt} fallback={<Dash meaning="never" />}>
          {(at) => <Ago at={at()} />}
        </Show>
      </Cell>
    </Row>
  );
}

const mostShown = 10;

function Names(props: { readonly servers: KeySet['servers'] }) {
  return (
    <>
      <For each={props.servers.names.slice(0, mostShown)}>
        {(name, index) => (
          <>
            {index() === 0 ? '' : ', '}
            <a href={paths.server(name)}>{name}</a>
          </>
        )}
      </For>
      <Show when={props.servers.count > mostShown}> and {number(props.servers.count - mostShown)} more</Show>
    </>
  );
}
