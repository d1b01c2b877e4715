import type { ServerView } from '@healthapp/shared/wire/api';
import { For, Show } from 'solid-js';
import { problemText } from '../kernel/alert-text.ts';
import { paths } from '../kernel/paths.ts';
import { severityLooks } from './badge.tsx';
import { Icon } from './icon.tsx';
import { Lasting } from './time.tsx';

/** What is wrong with one server, each leading to its alert. That it is silent its state says already: here it says since when. */
export function Problems(props: { readonly problems: ServerView['problems'] }) {
  return (
    <Show when={props.problems.length > 0}>
      <ul class="problems">
        <For each={props.problems}>
          {(problem) => (
            <li>
              <a class={`problem tone-${severityLooks[problem.severity].tone}`} href={paths.alert(problem.alertId)}>
                <Icon name={severityLooks[problem.severity].icon} />
                <span>
                  <span class="visually-hidden">{severityLooks[problem.severity].word}: </span>
                  {problemText(problem)}{' '}
                  <span class="problem-since">
                    <Lasting since={problem.since} />
                  </span>
                </span>
              </a>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
