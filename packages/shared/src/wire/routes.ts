/** What `GET /api/v1/routes` and `/routes/test` answer. */
import * as z from 'zod';
import { severities } from '../domain/problem.ts';
import {
  type QuietHours,
  type Routable,
  type Route,
  routableKinds,
  routesOf,
  type Told,
  toldBecauseText,
  weekdays,
} from '../domain/route.ts';
import { differenceText } from '../domain/route-words.ts';

const quietHoursView = z.object({
  days: z.array(z.enum(weekdays)).nullable().describe('on which they begin; null: on every day'),
  from: z.string().describe('20:00'),
  to: z.string().describe('08:00; not after `from`: on the next day'),
  timezone: z.string(),
  except: z.array(z.string()).describe('kinds that are told all the same'),
});

export const routeView = z.object({
  index: z.number().int().describe('where it stands among the routes, from 0'),
  line: z.number().int().nullable().describe("of the processor's configuration"),
  match: z.object({
    servers: z.array(z.string()).nullable(),
    kinds: z.array(z.string()).nullable(),
    severities: z.array(z.enum(severities)).nullable(),
    labels: z.record(z.string(), z.string()),
  }),
  to: z.array(z.string()),
  continue: z.boolean().describe('whether the routes after it are asked too'),
  remindEvery: z
    .number()
    .nullable()
    .optional()
    .describe('milliseconds; null: never; absent: as is usual for the receiver'),
  remindBackoff: z.enum(['steady', 'doubling']),
  quietHours: quietHoursView.nullable(),
});
export type RouteView = z.output<typeof routeView>;

export const routeListView = z.object({
  routes: z.array(routeView).describe('in the order in which they are asked; none: everybody is told of everything'),
  receivers: z.array(z.string()).describe('the names of all that are configured'),
  kinds: z.array(z.string()).describe('what there is to be told of'),
});
export type RouteListView = z.output<typeof routeListView>;

export const routingView = z.object({
  alert: z
    .object({
      server: z.string().nullable(),
      kind: z.string(),
      severity: z.enum(severities),
      labels: z.record(z.string(), z.string()),
      at: z.number().int().describe('milliseconds since 1970: when, for the quiet hours'),
    })
    .describe('what was asked about'),
  told: z.array(
    z.object({
      receiver: z.string(),
      because: z.string().describe('route in line 41'),
      route: z.number().int().nullable().describe('the index of the route that names it; null when none does'),
      heldUntil: z
        .number()
        .int()
        .nullable()
        .describe('until when quiet hours hold the message back, milliseconds since 1970; null: they do not'),
    }),
  ),
  routes: z.array(
    routeView.extend({
      outcome: z.enum(['matches', 'differs', 'not-asked']),
      why: z.string().nullable().describe('why it does not match, or was not asked; null when it matches'),
    }),
  ),
});
export type RoutingView = z.output<typeof routingView>;

export function routeListViewOf(routes: readonly Route[], receivers: readonly string[]): RouteListView {
  return { routes: routes.map(routeViewOf), receivers: [...receivers], kinds: [...routableKinds] };
}

/**
 * Who would be told of an alert at `at`, and what came of each route.
 * @param quietUntil when quiet hours that hold at `at` end, ms since 1970; null: they do not hold.
 */
export function routingViewOf(
  alert: Omit<Routable, 'receivers'>,
  at: number,
  routes: readonly Route[],
  receivers: readonly string[],
  quietUntil: (hours: QuietHours, at: number) => number | null,
): RoutingView {
  const { told, asked } = routesOf(alert, routes, receivers);
  const { server, kind, severity, labels } = alert;
  return {
    alert: { server, kind, severity, labels: { ...labels }, at },
    told: told.map(({ receiver, because }) => ({
      receiver,
      because: toldBecauseText(because),
      route: because.kind === 'route' ? because.route.index : null,
      heldUntil: heldUntil(because),
    })),
    routes: asked.map(({ route, outcome }) => ({
      ...routeViewOf(route),
      outcome: outcome.kind,
      why:
        outcome.kind === 'matches'
          ? null
          : outcome.kind === 'differs'
            ? differenceText(route.match, outcome.part, alert)
            : 'an earlier route matches, and does not continue',
    })),
  };

  function heldUntil(because: Told['because']): number | null {
    if (because.kind !== 'route' || because.route.quietHours === null) return null;
    const { quietHours } = because.route;
    return quietHours.except.includes(kind) ? null : quietUntil(quietHours, at);
  }
}

function routeViewOf({ index, line, match, to, continues, ...route }: Route): RouteView {
  const { servers, kinds, severities: wanted, labels } = match;
  return {
    index,
    line,
    match: {
      servers: copied(servers),
      kinds: copied(kinds),
      severities: copied(wanted),
      labels: { ...labels },
    },
    to: [...to],
    continue: continues,
    ...(route.remindEveryMs === undefined ? {} : { remindEvery: route.remindEveryMs }),
    remindBackoff: route.remindBackoff,
    quietHours: route.quietHours === null ? null : quietHoursViewOf(route.quietHours),
  };
}

function quietHoursViewOf({ days, from, to, timezone, except }: QuietHours): RouteView['quietHours'] {
  return {
    days: days === null ? null : days.flatMap((day) => weekdays[day] ?? []),
    from: timeOfDay(from),
    to: timeOfDay(to),
    timezone,
    except: [...except],
  };
}

function copied<T>(list: readonly T[] | null): T[] | null {
  return list === null ? null : [...list];
}

function timeOfDay(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
