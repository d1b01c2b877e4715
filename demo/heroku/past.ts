/** The apps' past, as `demo/past.ts` writes it: they and their poller were there all the time. */
import { pollerName, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import type { Remembered } from '../past.ts';
import type { InventedApp } from './apps.ts';

export function rememberedApps(apps: readonly InventedApp[]): Remembered[] {
  return [pollerName, ...apps.map(({ name }) => serverNameOfApp(name))].map((name) => ({
    server: { name },
    fate: { absences: [], cleanedAt: null },
    factsAt: () => ({}),
  }));
}
