import { Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { Icon } from './icon.tsx';
import { At } from './time.tsx';

/** There while what is shown may be out of date; its region is always there, so that screen readers hear of it. */
export function LiveBar() {
  const { notLiveSince, status, reconnect } = useKernel();
  return (
    <div class="live-bar-region" role="status">
      <Show
        when={notLiveSince()}
        fallback={
          <Show when={status.value() && status.fault()}>
            {(fault) => (
              <div class="live-bar">
                <Icon name="triangle" />
                <span>
                  {fault().title}: {fault().message}
                </span>
              </div>
            )}
          </Show>
        }
      >
        {(since) => (
          <div class="live-bar">
            <Icon name="triangle" />
            <span>
              Not live since <At at={since()} />. What you see may be out of date.
            </span>
            <button type="button" class="live-bar-button" onClick={reconnect}>
              Try now
            </button>
          </div>
        )}
      </Show>
    </div>
  );
}
