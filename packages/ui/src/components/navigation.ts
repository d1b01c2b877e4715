/** Where one can go. A new page gets a line here. */
import type { Kernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

interface Place {
  readonly title: string;
  readonly path: string;
  /** First parts of the addresses that belong to it: one server's page belongs to the servers. */
  readonly nouns: readonly string[];
  /** Left out while it is false. */
  readonly when?: (kernel: Kernel) => boolean;
}

/** What one looks at. They stand in the header, on a phone too: no more than fit 360 px. */
export const mainPlaces: readonly Place[] = [
  { title: 'Overview', path: paths.overview, nouns: [''] },
  { title: 'Servers', path: paths.servers, nouns: ['servers', 'server'] },
  { title: 'Alerts', path: paths.alerts, nouns: ['alerts', 'alert'] },
  { title: 'Silences', path: paths.silences, nouns: ['silences'] },
];

/** What one sets up or looks up now and then. They stand in the menu. */
export const morePlaces: readonly Place[] = [
  {
    title: 'Add a server',
    path: paths.addServer,
    nouns: ['add-server'],
    when: ({ session }) => session.mayAct(),
  },
  { title: 'Notifications', path: paths.notifications, nouns: ['notifications'] },
  { title: 'Receivers', path: paths.receivers, nouns: ['receivers'] },
  { title: 'Routes', path: paths.routes, nouns: ['routes'] },
  { title: 'Rules', path: paths.rules, nouns: ['rules'] },
  { title: 'Keys', path: paths.keys, nouns: ['keys'], when: ({ session }) => session.mayAct() },
  { title: 'Audit', path: paths.audit, nouns: ['audit'], when: ({ session }) => session.mayAct() },
  { title: 'Mail', path: paths.mail, nouns: ['mail'], when: ({ mailbox }) => mailbox.value()?.enabled === true },
];

/** Whether the page at this path belongs to the place: what `aria-current` wants. */
export function currentAt(place: Place, path: string): 'page' | undefined {
  const [, first = ''] = path.split('/');
  return place.nouns.includes(first) ? 'page' : undefined;
}
