/** Over how long something is shown: a few spans of time, of which one is chosen. */
import { For, type JSX } from 'solid-js';

interface RangeChoiceProps<Range extends string> {
  readonly ranges: readonly Range[];
  readonly chosen: Range;
  readonly onChoose: (range: Range) => void;
  /** What its button says. */
  readonly children: (range: Range) => JSX.Element;
}

export function RangeChoice<Range extends string>(props: RangeChoiceProps<Range>) {
  return (
    <fieldset class="range-choice">
      <legend class="visually-hidden">Over how long</legend>
      <For each={props.ranges}>
        {(range) => (
          <button
            type="button"
            class="choice"
            aria-pressed={props.chosen === range}
            onClick={() => props.onChoose(range)}
          >
            {props.children(range)}
          </button>
        )}
      </For>
    </fieldset>
  );
}
