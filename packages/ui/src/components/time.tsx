/** Times: relative and ticking for the eye, exact for the pointer and for screen readers. */
import { createMemo, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { clockTime, exactTime, timeAgo, timeSince } from '../kernel/relative-time.ts';

interface At {
  /** ms since 1970. */
  readonly at: number;
}

/** "4 min ago". */
export function Ago(props: At) {
  const { clock } = useKernel();
  const text = createMemo(() => timeAgo(props.at, clock.now()));
  return (
    <time datetime={new Date(props.at).toISOString()} title={exactTime(props.at)}>
      {text()}
      <span class="visually-hidden">, {exactTime(props.at)}</span>
    </time>
  );
}

/** "for 4 min": how long it has been so. */
export function Lasting(props: { readonly since: number }) {
  const { clock } = useKernel();
  const text = createMemo(() => timeSince(props.since, clock.now()));
  return (
    <time datetime={new Date(props.since).toISOString()} title={`since ${exactTime(props.since)}`}>
      {text()}
      <span class="visually-hidden">, since {exactTime(props.since)}</span>
    </time>
  );
}

/** "12:04", or with the day when that was not today. */
export function At(props: At & { readonly to?: 'minute' | 'second' }) {
  const { clock } = useKernel();
  const text = createMemo(() => clockTime(props.at, clock.now(), props.to));
  return (
    <time datetime={new Date(props.at).toISOString()} title={exactTime(props.at)}>
      {text()}
    </time>
  );
}

/** "20 Nov 2026, 12:04:05 (4 min ago)"; a dash while it has not come. */
export function Exact(props: { readonly at: number | null }) {
  return (
    <Show when={props.at} fallback={<span class="text-quiet">–</span>}>
      {(at) => (
        <>
          <time datetime={new Date(at()).toISOString()}>{exactTime(at())}</time>{' '}
          <span class="text-quiet text-nowrap">
            (<Relative at={at()} />)
          </span>
        </>
      )}
    </Show>
  );
}

function Relative(props: At) {
  const { clock } = useKernel();
  const text = createMemo(() => timeAgo(props.at, clock.now()));
  return <>{text()}</>;
}
