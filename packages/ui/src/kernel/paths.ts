/** The pages' own addresses. A server's name needs no encoding in a path (`shared/domain/server.ts`). */
import { everyNotification, type NotificationQuery } from './notification-list.ts';
import { type ServerQuery, serverQueryParameters } from './server-list.ts';

export const paths = {
  overview: '/',
  servers: '/servers',
  addServer: '/add-server',
  alerts: '/alerts',
  silences: '/silences',
  newSilence: '/silences?new=1',
  receivers: '/receivers',
  routes: '/routes',
  rules: '/rules',
  newRule: '/rules?new=1',
  changeRule: (id: string) => `/rules?${new URLSearchParams({ change: id })}`,
  notifications: '/notifications',
  mail: '/mail',
  account: '/account',
  audit: '/audit',
  keys: '/keys',
  server: (name: string) => `/server/${name}`,
  alert: (id: string) => `/alert/${encodeURIComponent(id)}`,
  alertsOf: (server: string) => `/alerts?${new URLSearchParams({ server })}`,
  /** The form for a new silence, filled in. */
  silenceOf({ server, kind }: { readonly server?: string | null; readonly kind?: string | null }): string {
    const given = Object.entries({ server, kind }).filter((part): part is [string, string] => Boolean(part[1]));
    return `/silences?${new URLSearchParams(given)}`;
  },
  overviewBy: (label: string) => (label === '' ? '/' : `/?${new URLSearchParams({ by: label })}`),
  notificationsWhere(query: Partial<NotificationQuery>): string {
    const given = Object.entries({ ...everyNotification, ...query }).filter(([, value]) => value !== '');
    return given.length === 0 ? '/notifications' : `/notifications?${new URLSearchParams(given)}`;
  },
  mailMessage: (id: string) => `/mail/${encodeURIComponent(id)}`,
  serversWhere(query: Partial<ServerQuery>): string {
    const parameters = new URLSearchParams(serverQueryParameters(query)).toString();
    return parameters === '' ? '/servers' : `/servers?${parameters}`;
  },
} as const;

/** "/servers/web-1" → "/server/web-1" */
export function pathOfOne(pathInList: string): string {
  return pathInList.replace(/^\/(server|alert)s\//, '/$1/');
}
