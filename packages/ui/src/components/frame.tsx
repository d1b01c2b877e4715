/** What stands around every page: navigation, the theme, and whether what is shown is live. */
import { useLocation, useNavigate } from '@solidjs/router';
import { createEffect, on, onCleanup, onMount, type ParentProps, Show } from 'solid-js';
import { number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { type ThemeChoice, themeChoices } from '../kernel/theme.ts';
import { Icon, type IconName } from './icon.tsx';
import { Ago, At } from './time.tsx';

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
  const { status, mailbox } = useKernel();
  const location = useLocation();
  const openAlerts = () => status.value()?.counts.alerts.open ?? 0;
  /** One server's page belongs to the servers, one alert's to the alerts. */
  const current = (noun: string) => {
    const [, first = ''] = location.pathname.split('/');
    return first === noun || first === `${noun}s` ? 'page' : undefined;
  };
  return (
    <header class="app-header">
      <div class="app-header-inner">
        <a class="brand" href={paths.overview}>
          <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
            <rect class="brand-ground" width="32" height="32" rx="8" />
            <path class="brand-line" d="M5 17h6l3-8 5 14 3-6h5" />
          </svg>
          HealthApp
        </a>
        <ThemeButton />
        <nav aria-label="Pages">
          <ul class="app-nav">
            <li>
              <a href={paths.overview} aria-current={current('')}>
                Overview
              </a>
            </li>
            <li>
              <a href={paths.servers} aria-current={current('server')}>
                Servers
              </a>
            </li>
            <li>
              <a href={paths.alerts} aria-current={current('alert')}>
                Alerts
                <Show when={openAlerts() > 0}>
                  {' '}
                  <span class="nav-count">
                    {number(openAlerts())}
                    <span class="visually-hidden"> open</span>
                  </span>
                </Show>
              </a>
            </li>
            <li>
              <a href={paths.silences} aria-current={current('silence')}>
                Silences
              </a>
            </li>
            <Show when={mailbox.value()?.enabled}>
              <li>
                <a href={paths.mail} aria-current={current('mail')}>
                  Mail
                </a>
              </li>
            </Show>
          </ul>
        </nav>
      </div>
    </header>
  );
}

const themeLooks: Readonly<Record<ThemeChoice, { readonly icon: IconName; readonly words: string }>> = {
  auto: { icon: 'half', words: 'as the system' },
  light: { icon: 'sun', words: 'light' },
  dark: { icon: 'moon', words: 'dark' },
};

function ThemeButton() {
  const { theme } = useKernel();
  const next = () => themeChoices[(themeChoices.indexOf(theme.choice()) + 1) % themeChoices.length] ?? 'auto';
  const words = () => `Theme: ${themeLooks[theme.choice()].words}. Change to ${themeLooks[next()].words}.`;
  return (
    <button
      type="button"
      class="theme-button"
      aria-label={words()}
      title={words()}
      onClick={() => theme.choose(next())}
    >
      <Icon name={themeLooks[theme.choice()].icon} />
    </button>
  );
}

/** There while what is shown may be out of date; its region is always there, so that screen readers hear of it. */
function LiveBar() {
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
