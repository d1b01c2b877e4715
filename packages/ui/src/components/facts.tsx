import { type JSX, type ParentProps, Show } from 'solid-js';

export function Facts(props: ParentProps) {
  return <dl class="facts">{props.children}</dl>;
}

interface FactProps {
  readonly title: string;
  /** Null, undefined or empty: the fact is not known, and left out. */
  readonly value: string | number | null | undefined;
  /** How the value is shown, when not as it is. */
  readonly children?: JSX.Element;
  readonly more?: string;
}

export function Fact(props: FactProps) {
  const known = () => props.value != null && props.value !== '';
  return (
    <Show when={known()}>
      <div>
        <dt>{props.title}</dt>
        <dd>
          {props.children ?? props.value}
          <Show when={props.more}>
            {' '}
            <span class="text-quiet">{props.more}</span>
          </Show>
        </dd>
      </div>
    </Show>
  );
}
