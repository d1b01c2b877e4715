import type { TimelineEntryView } from '@healthapp/shared/wire/api';
import { createMemo, For } from 'solid-js';
import { Icon, type IconName } from './icon.tsx';
import { Ago, At } from './time.tsx';

const timelineLooks: Readonly<Record<TimelineEntryView['what'], { readonly icon: IconName; readonly tone: string }>> = {
  created: { icon: 'exclamation', tone: 'critical' },
  ongoing: { icon: 'clock', tone: 'warning' },
  acknowledged: { icon: 'seen', tone: 'info' },
  closed: { icon: 'check', tone: 'good' },
  action: { icon: 'arrow', tone: 'info' },
  held: { icon: 'pause', tone: 'quiet' },
  accepted: { icon: 'check', tone: 'quiet' },
  refused: { icon: 'cross', tone: 'critical' },
  expired: { icon: 'triangle', tone: 'warning' },
  failed: { icon: 'triangle', tone: 'warning' },
};

/** From the beginning to the latest. */
export function Timeline(props: { readonly entries: readonly TimelineEntryView[] }) {
  const inOrder = createMemo(() => [...props.entries].sort((one, other) => one.at - other.at));
  return (
    <ol class="timeline">
      <For each={inOrder()}>
        {(entry) => (
          <li>
            <span class={`timeline-icon tone-${timelineLooks[entry.what].tone}`}>
              <Icon name={timelineLooks[entry.what].icon} />
            </span>
            <div>
              <p class="timeline-text">{entry.text}</p>
              <p class="timeline-at">
                <At at={entry.at} to="second" /> · <Ago at={entry.at} />
              </p>
            </div>
          </li>
        )}
      </For>
    </ol>
  );
}
