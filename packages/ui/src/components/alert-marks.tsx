/** What else is to know of an alert: who has seen it, until when it is silenced, that it comes and goes. */
import type { AlertView } from '@healthapp/shared/wire/api';
import { type ParentProps, Show } from 'solid-js';
import type { BadgeTone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';
import { At } from './time.tsx';

export function AlertMarks(props: { readonly alert: AlertView }) {
  const any = () => props.alert.flapping || props.alert.acknowledgedAt !== null || props.alert.silencedUntil !== null;
  return (
    <Show when={any()}>
      <ul class="marks" aria-label="Marks">
        <Show when={props.alert.flapping}>
          <Mark icon="wave" tone="warning" word="Flapping">
            {props.alert.closedAt === null
              ? ': it comes and goes, and stays open until it keeps still'
              : ': it came and went, and stayed open until it kept still'}
          </Mark>
        </Show>
        <Show when={props.alert.acknowledgedAt}>
          {(at) => (
            <Mark icon="seen" tone="info" word="Acknowledged">
              {' '}
              by {props.alert.acknowledgedBy}, <At at={at()} />
              <Show when={props.alert.acknowledgedComment}>{(comment) => <>: “{comment()}”</>}</Show>
            </Mark>
          )}
        </Show>
        <Show when={props.alert.silencedUntil}>
          {(at) => (
            <Mark icon="muted" tone="quiet" word="Silenced">
              {' '}
              until <At at={at()} />
            </Mark>
          )}
        </Show>
      </ul>
    </Show>
  );
}

interface MarkProps extends ParentProps {
  readonly icon: IconName;
  readonly tone: BadgeTone;
  readonly word: string;
}

function Mark(props: MarkProps) {
  return (
    <li class="mark">
      <span class={`tone-${props.tone}`}>
        <Icon name={props.icon} />
      </span>
      <span>
        <strong>{props.word}</strong>
        {props.children}
      </span>
    </li>
  );
}
