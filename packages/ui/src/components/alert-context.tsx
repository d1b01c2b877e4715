/** What to know beside an alert, as it was when it opened: the release before it, what changed, what the log said. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { AlertView } from '@healthapp/shared/wire/api';
import { For, Show } from 'solid-js';
import { At } from './time.tsx';

type Context = NonNullable<AlertView['context']>;

interface AlertContextProps {
  readonly context: Context;
  /** When the alert opened, ms since 1970. */
  readonly at: number;
}

export function AlertContext(props: AlertContextProps) {
  return (
    <>
      <Show when={props.context.release}>
        {(release) => (
          <section aria-labelledby="release">
            <h2 id="release">Release before it</h2>
            <p>
              <strong>v{release().version}</strong>: {release().description}
              <span class="cell-more">
                <At at={release().createdAt} />
                {beforeWords(release().createdAt, props.at)}
                {release().user === null ? '' : `, by ${release().user}`}
              </span>
            </p>
          </section>
        )}
      </Show>
      <Show when={props.context.changes}>{(changes) => <Changes changes={changes()} />}</Show>
      <Show when={props.context.log}>
        {(log) => (
          <section aria-labelledby="log">
            <h2 id="log">Last lines of its log</h2>
            {/* A line longer than the screen scrolls, by keyboard too. */}
            <pre class="log-lines" tabindex="0">
              {log().join('\n')}
            </pre>
          </section>
        )}
      </Show>
    </>
  );
}

function beforeWords(released: number, opened: number): string {
  return opened > released ? `, ${formatDuration(opened - released)} before` : '';
}

const verbs = [
  ['added', 'Added'],
  ['removed', 'Removed'],
  ['changed', 'Changed'],
] as const;

function Changes(props: { readonly changes: NonNullable<Context['changes']> }) {
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">What changed</h2>
      <ul>
        <For each={verbs.filter(([part]) => props.changes[part].length > 0)}>
          {([part, verb]) => (
            <li>
              {verb}: {props.changes[part].join(', ')}
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
