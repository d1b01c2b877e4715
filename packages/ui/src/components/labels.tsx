import { For, Show } from 'solid-js';
import { paths } from '../kernel/paths.ts';

/** Each leads to the servers that have it too. */
export function Labels(props: { readonly labels: Readonly<Record<string, string>> }) {
  const entries = () => Object.entries(props.labels);
  return (
    <Show when={entries().length > 0}>
      <ul class="labels" aria-label="Labels">
        <For each={entries()}>
          {([key, value]) => (
            <li>
              <a class="label" href={paths.serversWhere({ label: `${key}=${value}` })}>
                <span class="label-key">{key}</span>
                <span class="visually-hidden">: </span>
                {value}
              </a>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
