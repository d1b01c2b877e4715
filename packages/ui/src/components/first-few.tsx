/** The first of a long list, and a button for the rest: what is old is seldom what one looks for. */
import { createSignal, type JSX, Show } from 'solid-js';
import { number } from '../kernel/amount.ts';

interface FirstFewProps<Item> {
  readonly items: readonly Item[];
  readonly few: number;
  /** "releases": what the button says that there are more of. */
  readonly noun: string;
  readonly children: (items: readonly Item[]) => JSX.Element;
}

export function FirstFew<Item>(props: FirstFewProps<Item>) {
  const [all, setAll] = createSignal(false);
  const left = () => (all() ? 0 : props.items.length - props.few);
  return (
    <>
      {props.children(left() > 0 ? props.items.slice(0, props.few) : props.items)}
      <Show when={left() > 0}>
        <button type="button" class="btn btn-sm btn-outline-primary first-few" onClick={() => setAll(true)}>
          {number(left())} more {props.noun}
        </button>
      </Show>
    </>
  );
}
