/** How full something is: a bar, the figure, and past a limit a sign and a word. */
import { Show } from 'solid-js';
import { Icon } from './icon.tsx';

interface PercentBarProps {
  readonly percent: number;
  /** From here on it is a warning. */
  readonly warnFrom: number;
  /** From here on it is an alert. */
  readonly fullFrom: number;
  /** What is said past the limits, to screen readers: "filling up", "full". */
  readonly words: { readonly warn: string; readonly full: string };
}

/** From which share of a filesystem on one should look, and from which there is an alert. */
export function diskLimits(fullFrom: number): Omit<PercentBarProps, 'percent'> {
  return { warnFrom: Math.min(70, fullFrom), fullFrom, words: { warn: 'filling up', full: 'full' } };
}

/** Memory opens no alert by itself: a machine may well use all of it. */
export const memoryLimits = { warnFrom: 90, fullFrom: 101, words: { warn: 'nearly all used', full: '' } } as const;

export function PercentBar(props: PercentBarProps) {
  const level = () => (props.percent >= props.fullFrom ? 'full' : props.percent >= props.warnFrom ? 'warn' : 'fine');
  return (
    <span class={`percent percent-${level()}`}>
      <svg class="percent-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="percent-track" width="100" height="8" />
        <rect class="percent-fill" width={Math.min(100, Math.max(0, props.percent))} height="8" />
      </svg>
      <span class="percent-figure">{Math.round(props.percent)} %</span>
      <span class="percent-sign">
        <Show when={level() !== 'fine'}>
          <Icon name={level() === 'full' ? 'exclamation' : 'triangle'} />
          <span class="visually-hidden">{level() === 'full' ? props.words.full : props.words.warn}</span>
        </Show>
      </span>
    </span>
  );
}
