/** Who is told of what, by the routes in force. */
import type { Severity } from '@healthapp/shared/domain/problem';
import { routableKinds, usualSeverity } from '@healthapp/shared/domain/route';
import { readClock } from '@healthapp/shared/redis/clock';
import { type Routing, readRouting } from '@healthapp/shared/redis/leadership';
import { loadServers } from '@healthapp/shared/redis/servers';
import { quietUntil } from '@healthapp/shared/schedule/quiet-hours';
import { type RouteListView, type RoutingView, routeListViewOf, routingViewOf } from '@healthapp/shared/wire/routes';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';

export interface RoutingQuery {
  /** Absent: what concerns no server. */
  readonly server: string | undefined;
  readonly kind: string;
  /** Each `key=value`; none: those that the server has. */
  readonly labels: readonly string[];
  /** Absent: the kind's own. */
  readonly severity: Severity | undefined;
  /** ms since 1970; absent: now. */
  readonly at: number | undefined;
}

export async function listRoutes(partitions: Partitions): Promise<RouteListView> {
  const { routes, receivers } = await routingInForce(partitions);
  return routeListViewOf(routes, receivers);
}

/** The server need not be known: a route can be tried before there is one. */
export async function explainRoutes(partitions: Partitions, query: RoutingQuery): Promise<RoutingView> {
  const { server = null, kind } = query;
  if (!routableKinds.includes(kind)) {
    throw new HttpProblem(400, `kind: there is no ${kind}; there are ${routableKinds.join(', ')}`, { field: 'kind' });
  }
  const given = labelsIn(query.labels);
  const [{ routes, receivers }, labels, { now }] = await Promise.all([
    routingInForce(partitions),
    server === null || query.labels.length > 0 ? given : labelsOf(partitions, server),
    readClock(partitions.first()),
  ]);
  const alert = { server, kind, severity: query.severity ?? usualSeverity(kind), labels };
  return routingViewOf(alert, query.at ?? now, routes, receivers, quietUntil);
}

async function routingInForce(
  partitions: Partitions,
): Promise<{ readonly routes: Routing['routes']; readonly receivers: readonly string[] }> {
  const routing = await readRouting(partitions.first());
  if (routing === null) {
    throw new HttpProblem(404, 'no routes are known: no processor has run yet, whose configuration has them');
  }
  return { routes: routing.routes, receivers: routing.receivers.map(({ name }) => name) };
}

async function labelsOf(partitions: Partitions, server: string): Promise<Readonly<Record<string, string>>> {
  const [known] = await loadServers(partitions.of(server), [server]);
  return known?.heartbeat?.labels ?? {};
}

function labelsIn(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => {
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)] as const;
    throw new HttpProblem(400, 'label: must be key=value', { field: 'label' });
  });
  return Object.fromEntries(pairs);
}
