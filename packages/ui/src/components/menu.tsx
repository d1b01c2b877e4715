/** What is behind the button at the right of the header: the pages that are seldom looked at, and the looks of all of them. */
import { useLocation } from '@solidjs/router';
import { createEffect, For, on, Show } from 'solid-js';
import { createAction } from '../kernel/action.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { type Brightness, brightnesses, type ThemeName, themeNames } from '../kernel/theme.ts';
import { Icon, type IconName } from './icon.tsx';
import { currentAt, morePlaces } from './navigation.ts';

const menuId = 'menu';

export function MenuButton() {
  const location = useLocation();
  const current = () => morePlaces.map((place) => currentAt(place, location.pathname)).find(Boolean);
  return (
    <button type="button" class="menu-button" popovertarget={menuId} aria-current={current()}>
      <Icon name="menu" />
      Menu
    </button>
  );
}

/** The browser's own popover: it closes by Escape and by a click elsewhere, and gives the focus back. */
export function Menu() {
  const location = useLocation();
  let element: HTMLDivElement | undefined;
  // Following one of its links leaves it.
  createEffect(
    on(
      () => location.pathname,
      () => element?.hidePopover?.(),
      { defer: true },
    ),
  );
  return (
    <div ref={element} id={menuId} popover="auto" class="menu">
      <Account />
      <MorePages />
      <Appearance />
    </div>
  );
}

function Account() {
  const { session } = useKernel();
  const location = useLocation();
  const leaving = createAction<void, void>(
    () => session.signOut(),
    () => {},
  );
  return (
    <Show when={session.own()}>
      {(own) => (
        <section aria-label="Account">
          <p class="menu-user">
            <strong class="name">{own().user}</strong> <span class="text-quiet">{own().role}</span>
          </p>
          <ul class="menu-pages">
            <li>
              <a href={paths.account} aria-current={location.pathname === paths.account ? 'page' : undefined}>
                Account
              </a>
            </li>
            <Show when={own().kind === 'session'}>
              <li>
                <button type="button" onClick={() => leaving.run()}>
                  Sign out
                </button>
              </li>
            </Show>
          </ul>
          <Show when={leaving.fault()}>
            {(fault) => (
              <p role="alert">
                {fault().title}. {fault().message}
              </p>
            )}
          </Show>
        </section>
      )}
    </Show>
  );
}

function MorePages() {
  const kernel = useKernel();
  const location = useLocation();
  const places = () => morePlaces.filter(({ when }) => when === undefined || when(kernel));
  return (
    <Show when={places().length > 0}>
      <section aria-label="More pages">
        <ul class="menu-pages">
          <For each={places()}>
            {(place) => (
              <li>
                <a href={place.path} aria-current={currentAt(place, location.pathname)}>
                  {place.title}
                </a>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}

const brightnessLooks: Readonly<Record<Brightness, { readonly icon: IconName; readonly word: string }>> = {
  auto: { icon: 'half', word: 'System' },
  light: { icon: 'sun', word: 'Light' },
  dark: { icon: 'moon', word: 'Dark' },
};

function Appearance() {
  const { theme } = useKernel();
  return (
    <section aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <fieldset class="menu-choice">
        <legend class="visually-hidden">Light or dark</legend>
        <For each={brightnesses}>
          {(brightness) => (
            <button
              type="button"
              class="choice"
              aria-pressed={theme.brightness() === brightness}
              onClick={() => theme.chooseBrightness(brightness)}
            >
              <Icon name={brightnessLooks[brightness].icon} />
              {brightnessLooks[brightness].word}
            </button>
          )}
        </For>
      </fieldset>
      <div class="menu-theme">
        <label for="theme-name">Theme</label>
        <select
          id="theme-name"
          class="form-select"
          onChange={(event) => theme.chooseName(event.currentTarget.value as ThemeName)}
        >
          <For each={themeNames}>
            {(name) => (
              <option value={name} selected={theme.name() === name}>
                {name.charAt(0).toUpperCase() + name.slice(1)}
              </option>
            )}
          </For>
        </select>
      </div>
    </section>
  );
}
