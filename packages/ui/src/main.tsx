import { createRoot } from 'solid-js';
import { render } from 'solid-js/web';
import { App } from './app.tsx';
import { eventsAddress } from './kernel/api.ts';
import { createKernel, type KernelDeps } from './kernel/kernel.ts';
import { createVisibility } from './kernel/visibility.ts';
import './theme.scss';
import './styles/tokens.scss';
import './styles/themes.scss';
import './styles/frame.scss';
import './styles/pieces.scss';
import './styles/tables.scss';
import './styles/pictures.scss';
import './styles/pages.scss';

/** Tabs can share a connection where the browser has both locks and channels. */
function sharing(): KernelDeps['sharing'] {
  if (navigator.locks === undefined || typeof BroadcastChannel === 'undefined') return null;
  return { locks: navigator.locks, openChannel: (name) => new BroadcastChannel(name) };
}

createRoot(() => {
  const kernel = createKernel({
    fetch: (input, init) => fetch(input, init),
    openEvents: () => new EventSource(eventsAddress),
    sharing: sharing(),
    now: () => Date.now(),
    visible: createVisibility(document),
    theme: {
      root: document.documentElement,
      storage: () => localStorage,
      prefersDark: matchMedia('(prefers-color-scheme: dark)'),
      window,
    },
    origin: location.origin,
  });
  window.addEventListener('online', kernel.reconnect);
  const place = document.getElementById('app');
  if (place !== null) render(() => <App kernel={kernel} />, place);
});
