import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it } from 'vitest';
import firstPaint from '../first-paint.js?raw';
import { createTheme, type Theme } from './theme.ts';

/** `(prefers-color-scheme: dark)` of a system that the test changes. */
class SystemPreference extends EventTarget {
  matches: boolean;
  constructor(dark: boolean) {
    super();
    this.matches = dark;
  }
  change(dark: boolean): void {
    this.matches = dark;
    this.dispatchEvent(new Event('change'));
  }
}

const root = document.documentElement;
const shown = () => root.dataset.bsTheme;

function start(system: SystemPreference, storage: () => Storage = () => localStorage) {
  return createRoot((dispose) => {
    const theme: Theme = createTheme({ root, storage, prefersDark: system as unknown as MediaQueryList, window });
    return { theme, dispose };
  });
}

beforeEach(() => {
  localStorage.clear();
  delete root.dataset.bsTheme;
});

describe('the theme', () => {
  it('follows the system, also when that changes', () => {
    const system = new SystemPreference(true);
    const { theme } = start(system);
    expect([theme.brightness(), shown()]).toEqual(['auto', 'dark']);
    system.change(false);
    expect(shown()).toBe('light');
  });

  it('stays as chosen, on the next visit too', () => {
    const system = new SystemPreference(true);
    start(system).theme.chooseBrightness('light');
    expect(shown()).toBe('light');
    system.change(true);
    expect(shown()).toBe('light');
    expect(start(system).theme.brightness()).toBe('light');
  });

  it('follows the system again when that is chosen', () => {
    const system = new SystemPreference(true);
    const { theme } = start(system);
    theme.chooseBrightness('light');
    theme.chooseBrightness('auto');
    expect(shown()).toBe('dark');
    expect(localStorage.length).toBe(0);
  });

  it('changes with a choice in another tab', () => {
    const { theme } = start(new SystemPreference(false));
    localStorage.setItem('healthapp.theme', 'dark');
    window.dispatchEvent(new StorageEvent('storage', { key: 'healthapp.theme' }));
    expect([theme.brightness(), shown()]).toEqual(['dark', 'dark']);
  });

  it('can be chosen where the browser stores nothing', () => {
    const { theme } = start(new SystemPreference(false), () => {
      throw new DOMException('blocked', 'SecurityError');
    });
    theme.chooseBrightness('dark');
    expect(shown()).toBe('dark');
  });

  it('has the name of a theme of Bootswatch, remembered, and an unknown one counts as none', () => {
    const { theme } = start(new SystemPreference(false));
    theme.chooseName('pulse');
    expect(root.dataset.theme).toBe('pulse');
    expect(start(new SystemPreference(false)).theme.name()).toBe('pulse');
    delete root.dataset.theme;
    new Function(firstPaint)();
    expect(root.dataset.theme).toBe('pulse');
    localStorage.setItem('healthapp.bootswatch', 'comic');
    expect(start(new SystemPreference(false)).theme.name()).toBe('zephyr');
  });

  it.each(['light', 'dark'])('stands before the first paint when %s was chosen', (choice) => {
    localStorage.setItem('healthapp.theme', choice);
    new Function(firstPaint)();
    expect(shown()).toBe(choice);
  });
});
