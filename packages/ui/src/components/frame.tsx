/** What stands around every page: navigation, the menu, and whether what is shown is live. */
import { useLocation, useNavigate } from '@solidjs/router';
import { createEffect, For, on, onCleanup, onMount, type ParentProps, Show } from 'solid-js';
import { number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { BrandMark } from './brand-mark.tsx';
import { LiveBar } from './live-bar.tsx';
import { Menu, MenuButton } from './menu.tsx';
import { currentAt, mainPlaces } from './navigation.ts';
import { Ago } from './time.tsx';

/** The field that “/” leads to. */
export const searchFieldId = 'server-search';

interface Arrival {
  readonly toSearch: boolean;
}

export function Frame(props: ParentProps) {
  const location = useLocation<Arrival>();
  let main: HTMLElement | undefined;

  // A new page is read from its beginning, by screen readers too.
  createEffect(
    on(
      () => location.pathname,
      () => {
        if (location.state?.toSearch) document.getElementById(searchFieldId)?.focus();
        else main?.focus({ preventScroll: true });
      },
      { defer: true },
    ),
  );
  useSearchKey();

  return (
    <>
      <a class="skip-link" href="#main" rel="external">
        Skip to the content
      </a>
      <Header />
      <LiveBar />
      <main id="main" ref={main} tabindex="-1" class="page">
        {props.children}
      </main>
      <Footer />
    </>
  );
}

/** “/” leads to the search for servers, from wherever nothing is being typed. */
function useSearchKey(): void {
  const navigate = useNavigate();
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')) return;
    event.preventDefault();
    const field = document.getElementById(searchFieldId);
    if (field !== null) field.focus();
    else navigate(paths.servers, { state: { toSearch: true } satisfies Arrival });
  };
  onMount(() => document.addEventListener('keydown', pressed));
  onCleanup(() => document.removeEventListener('keydown', pressed));
}

function Header() {
  const location = useLocation();
  return (
    <header class="app-header">
      <div class="app-header-inner">
        <a class="brand" href={paths.overview}>
          <BrandMark size={26} />
          HealthApp
        </a>
        <MenuButton />
        <Menu />
        <nav aria-label="Pages">
          <ul class="app-nav">
            <For each={mainPlaces}>
              {(place) => (
                <li>
                  <a href={place.path} aria-current={currentAt(place, location.pathname)}>
                    {place.title}
                    <Show when={place.path === paths.alerts}>
                      <OpenAlerts />
                    </Show>
                  </a>
                </li>
              )}
            </For>
          </ul>
        </nav>
      </div>
    </header>
  );
}

function OpenAlerts() {
  const { status } = useKernel();
  const count = () => status.value()?.counts.alerts.open ?? 0;
  return (
    <Show when={count() > 0}>
      {' '}
      <span class="nav-count">
        {number(count())}
        <span class="visually-hidden"> open</span>
      </span>
    </Show>
  );
}

function Footer() {
  const { status } = useKernel();
  return (
    <footer class="app-footer">
      <Show when={status.value()}>
        {(value) => (
          <p>
            HealthApp {value().version}
            <Show when={value().lastPass}>
              {(at) => (
                <>
                  {' '}
                  · last looked for silence <Ago at={at()} />
                </>
              )}
            </Show>
          </p>
        )}
      </Show>
    </footer>
  );
}
