import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** Whether anybody can see the page: a hidden one asks the API for nothing by itself. */
export function createVisibility(page: Document): Accessor<boolean> {
  const read = () => page.visibilityState !== 'hidden';
  const [visible, setVisible] = createSignal(read());
  const update = () => setVisible(read());
  page.addEventListener('visibilitychange', update);
  onCleanup(() => page.removeEventListener('visibilitychange', update));
  return visible;
}
