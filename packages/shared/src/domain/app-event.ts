/** What happens to a Heroku app and is no problem: told once, and kept in the app's timeline. */

interface AppEventTraits {
  /** What a person calls it, at the start of a line. */
  readonly title: string;
}

export const appEventKinds = {
  deploy: { title: 'New release' },
  'config-change': { title: 'Config vars changed' },
  'addon-change': { title: 'Add-ons changed' },
  'formation-change': { title: 'Formation changed' },
} as const satisfies Record<string, AppEventTraits>;

export type AppEventKind = keyof typeof appEventKinds;

export const appEventKindNames = Object.keys(appEventKinds) as readonly AppEventKind[];
