/**
 * How the pages look: light or dark (the system's choice unless the reader makes one), and a theme of Bootswatch.
 * `first-paint.js` does the same before the first paint.
 */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';

export const brightnesses = ['auto', 'light', 'dark'] as const;
export type Brightness = (typeof brightnesses)[number];

/** Those of Bootswatch that bring no font from elsewhere; the first is the one without a choice. `styles/themes.scss` has the same. */
export const themeNames = ['zephyr', 'brite', 'cerulean', 'litera', 'pulse', 'quartz', 'slate'] as const;
export type ThemeName = (typeof themeNames)[number];

const brightnessKey = 'healthapp.theme';
const nameKey = 'healthapp.bootswatch';

export interface Theme {
  readonly brightness: Accessor<Brightness>;
  chooseBrightness(brightness: Brightness): void;
  readonly name: Accessor<ThemeName>;
  chooseName(name: ThemeName): void;
  /** What `brightness` comes to at present. */
  readonly dark: Accessor<boolean>;
}

export interface ThemeDeps {
  /** Carries `data-bs-theme` (light or dark) and `data-theme` (its name). */
  readonly root: HTMLElement;
  /** May throw on every use: a browser can block it. */
  readonly storage: () => Storage;
  /** `(prefers-color-scheme: dark)`. */
  readonly prefersDark: MediaQueryList;
  /** Where other tabs' changes of the storage are told. */
  readonly window: Window;
}

export function createTheme(deps: ThemeDeps): Theme {
  const [brightness, setBrightness] = createSignal(storedAs(deps.storage, brightnessKey, brightnesses));
  const [name, setName] = createSignal(storedAs(deps.storage, nameKey, themeNames));
  const [systemDark, setSystemDark] = createSignal(deps.prefersDark.matches);
  const dark = () => brightness() === 'dark' || (brightness() === 'auto' && systemDark());

  const systemChanged = () => setSystemDark(deps.prefersDark.matches);
  const storageChanged = () => {
    setBrightness(storedAs(deps.storage, brightnessKey, brightnesses));
    setName(storedAs(deps.storage, nameKey, themeNames));
  };
  deps.prefersDark.addEventListener('change', systemChanged);
  deps.window.addEventListener('storage', storageChanged);
  onCleanup(() => {
    deps.prefersDark.removeEventListener('change', systemChanged);
    deps.window.removeEventListener('storage', storageChanged);
  });

  createEffect(() => {
    deps.root.dataset.bsTheme = dark() ? 'dark' : 'light';
    deps.root.dataset.theme = name();
  });

  return {
    brightness,
    chooseBrightness(next) {
      setBrightness(next);
      remember(deps.storage, brightnessKey, next, brightnesses[0]);
    },
    name,
    chooseName(next) {
      setName(next);
      remember(deps.storage, nameKey, next, themeNames[0]);
    },
    dark,
  };
}

/** What is not known, or cannot be read, counts as no choice: the first. */
function storedAs<T extends string>(storage: () => Storage, key: string, known: readonly [T, ...T[]]): T {
  try {
    const value = storage().getItem(key);
    return known.find((one) => one === value) ?? known[0];
  } catch {
    return known[0];
  }
}

function remember(storage: () => Storage, key: string, value: string, withoutChoice: string): void {
  try {
    if (value === withoutChoice) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // It holds for this page alone then.
  }
}
