/** The pages' own addresses. A server's name needs no encoding in a path (`shared/domain/server.ts`). */
import { type ServerQuery, serverQueryParameters } from './server-list.ts';

export const paths = {
  overview: '/',
  servers: '/servers',
  alerts: '/alerts',
  mail: '/mail',
  server: (name: string) => `/server/${name}`,
  alert: (id: string) => `/alert/${encodeURIComponent(id)}`,
  alertsOf: (server: string) => `/alerts?${new URLSearchParams({ server })}`,
  mailMessage: (id: string) => `/mail/${encodeURIComponent(id)}`,
  serversWhere(query: Partial<ServerQuery>): string {
    const parameters = new URLSearchParams(serverQueryParameters(query)).toString();
    return parameters === '' ? '/servers' : `/servers?${parameters}`;
  },
} as const;
