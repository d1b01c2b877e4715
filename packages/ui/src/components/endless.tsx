import { onCleanup, onMount, Show } from 'solid-js';
import { number } from '../kernel/amount.ts';
import type { PagedList } from '../kernel/paged-list.ts';

/** Stands below an endless list and loads more before its end comes into sight; the button is for keyboards and old browsers. */
export function Endless(props: { readonly list: PagedList<unknown>; readonly noun: string }) {
  return (
    <Show when={props.list.more()}>
      <div class="endless">
        <Sentinel onNear={props.list.loadMore} />
        <button
          type="button"
          class="btn btn-outline-primary"
          disabled={props.list.loadingMore()}
          onClick={props.list.loadMore}
        >
          {props.list.loadingMore() ? 'Loading more …' : `More ${props.noun}`}
        </button>
        <span class="text-quiet">{number(props.list.items().length)} shown</span>
      </div>
    </Show>
  );
}

function Sentinel(props: { readonly onNear: () => void }) {
  let element: HTMLDivElement | undefined;
  onMount(() => {
    if (element === undefined || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) props.onNear();
      },
      { rootMargin: '800px' },
    );
    observer.observe(element);
    onCleanup(() => observer.disconnect());
  });
  return <div ref={element} class="sentinel" />;
}
