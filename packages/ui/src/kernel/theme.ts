/** Light or dark: the system's choice unless the reader makes one. `first-paint.js` does the same before the first paint. */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';

export const themeChoices = ['auto', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storageKey = 'healthapp.theme';

export interface Theme {
  readonly choice: Accessor<ThemeChoice>;
  choose(choice: ThemeChoice): void;
}

export interface ThemeDeps {
  /** Carries `data-bs-theme`. */
  readonly root: HTMLElement;
  /** May throw on every use: a browser can block it. */
  readonly storage: () => Storage;
  /** `(prefers-color-scheme: dark)`. */
  readonly prefersDark: MediaQueryList;
  /** Where other tabs' changes of the storage are told. */
  readonly window: Window;
}

export function createTheme(deps: ThemeDeps): Theme {
  const [choice, setChoice] = createSignal(stored(deps.storage));
  const [systemDark, setSystemDark] = createSignal(deps.prefersDark.matches);

  const systemChanged = () => setSystemDark(deps.prefersDark.matches);
  const storageChanged = (event: StorageEvent) => {
    if (event.key === storageKey || event.key === null) setChoice(stored(deps.storage));
  };
  deps.prefersDark.addEventListener('change', systemChanged);
  deps.window.addEventListener('storage', storageChanged);
  onCleanup(() => {
    deps.prefersDark.removeEventListener('change', systemChanged);
    deps.window.removeEventListener('storage', storageChanged);
  });

  createEffect(() => {
    const dark = choice() === 'dark' || (choice() === 'auto' && systemDark());
    deps.root.dataset.bsTheme = dark ? 'dark' : 'light';
  });

  return {
    choice,
    choose(next) {
      setChoice(next);
      try {
        if (next === 'auto') deps.storage().removeItem(storageKey);
        else deps.storage().setItem(storageKey, next);
      } catch {
        // It holds for this page alone then.
      }
    },
  };
}

function stored(storage: () => Storage): ThemeChoice {
  try {
    const value = storage().getItem(storageKey);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
