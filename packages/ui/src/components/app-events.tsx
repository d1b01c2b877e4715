/** What happened to a Heroku app: releases, config vars, add-ons, formation. */
import type { AppEventView } from '@healthapp/shared/wire/api';
import { For, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { FirstFew } from './first-few.tsx';
import { Icon } from './icon.tsx';
import { Loaded } from './notice.tsx';
import { Ago, At } from './time.tsx';

export function AppEvents(props: { readonly name: string }) {
  const view = useKernel().appEvents(() => props.name);
  return (
    <section aria-labelledby="happened">
      <h2 id="happened">What happened</h2>
      <Loaded view={view} what="what happened">
        {(list) => (
          <Show
            when={list().events.length > 0}
            fallback={<p class="text-quiet">Nothing since it is watched: releases and changes will stand here.</p>}
          >
            <FirstFew items={list().events} few={8} noun="of what happened">
              {(events) => (
                <ol class="timeline">
                  <For each={events}>{(event) => <AppEvent event={event} />}</For>
                </ol>
              )}
            </FirstFew>
          </Show>
        )}
      </Loaded>
    </section>
  );
}

function AppEvent(props: { readonly event: AppEventView }) {
  return (
    <li>
      <span class="timeline-icon tone-info">
        <Icon name={props.event.kind === 'deploy' ? 'arrow' : 'wave'} />
      </span>
      <div>
        <p class="timeline-text">
          <strong>{props.event.title}</strong>: {props.event.summary}
        </p>
        <p class="timeline-at">
          <At at={props.event.at} /> · <Ago at={props.event.at} />
        </p>
      </div>
    </li>
  );
}
