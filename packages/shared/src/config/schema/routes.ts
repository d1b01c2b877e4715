import * as z from 'zod';
import { type Severity, severities } from '../../domain/problem.ts';
import {
  defaultReceiver,
  type QuietHours,
  type Route,
  routableKinds,
  routeName,
  shadows,
  weekdays,
} from '../../domain/route.ts';
import type { Config } from '../config.ts';
import { isMapping } from '../document.ts';
import type { Path } from '../fault.ts';
import { isBlank, openSection, type Reading, treeAt } from '../section.ts';
import { timezone } from './timezone.ts';
import { boolean, durationOrNever, list, oneOf, text, textAs } from './value.ts';

/** One, or a list of them. */
export function oneOrMore<Item extends z.ZodType>(item: Item, message: string) {
  return z.preprocess((tree) => (Array.isArray(tree) ? tree : [tree]), list(item, message));
}

const kind = textAs(
  (value) => (routableKinds.includes(value) ? value : undefined),
  `must be a kind of alert: ${routableKinds.join(', ')}`,
);
const timeOfDay = textAs((value) => {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(value) ?? [];
  const time = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(minutes) < 60 && time <= 24 * 60 ? time : undefined;
}, "must be a time of day in quotes, as '22:00'");

const routeKeys = {
  server: oneOrMore(text.min(1).max(253), 'must name at least one server or pattern'),
  label: z.custom<Record<string, unknown>>(isMapping, 'must be names with their values below it'),
  kind: oneOrMore(kind, 'must name at least one kind'),
  severity: oneOrMore(oneOf(...severities), 'must name at least one severity'),
  to: oneOrMore(text.min(1), 'must name at least one receiver'),
  continue: boolean,
  remind_every: durationOrNever(),
  remind_backoff: oneOf('steady', 'doubling'),
};
const quietKeys = {
  days: oneOrMore(oneOf(...weekdays), 'must name at least one day'),
  from: timeOfDay,
  to: timeOfDay,
  timezone,
  except: oneOrMore(kind, 'must name at least one kind'),
};

/** The sections of one route, by their path. */
export const routeSections: readonly (readonly [string, readonly string[]])[] = [
  ['routes[]', [...Object.keys(routeKeys), 'quiet_hours']],
  ['routes[].quiet_hours', Object.keys(quietKeys)],
];

/** @param known the receivers that are configured, and the time zone of quiet hours that name none. */
export function readRoutes(reading: Reading, known: Pick<Config, 'receivers' | 'timezone'>): Config['routes'] {
  const tree = treeAt(reading.document.root, ['routes']);
  if (!Array.isArray(tree)) return [];
  const names = receiverNames(reading, known.receivers);
  const routes = tree.flatMap((item, index) =>
    isMapping(item) ? [readRoute(reading, index, names, known.timezone)] : [],
  );
  for (const [at, route] of routes.entries()) {
    const before = routes.slice(0, at).find((earlier) => shadows(earlier, route));
    if (before !== undefined) {
      reading.warn(
        ['routes', route.index],
        `is never asked: the route in ${routeName(before)} matches all that it matches, and does not continue`,
      );
    }
  }
  return routes;
}

/** With those whose settings are at fault: of them it is told there. The local mailbox stands in for `default`. */
export function receiverNames(reading: Reading, receivers: Config['receivers']): string[] {
  const written = treeAt(reading.document.root, ['receivers']);
  const items = Array.isArray(written) ? written.filter(isMapping) : [];
  const names = [...receivers.map(({ name }) => name), ...items.map(({ name }) => name)];
  const known = [...new Set(names.filter((name) => typeof name === 'string'))];
  return known.length === 0 ? [defaultReceiver] : known;
}

function readRoute(reading: Reading, index: number, receivers: readonly string[], zone: string): Route {
  const path: Path = ['routes', index];
  const section = openSection(reading, path, routeKeys);
  if (!section.given('to')) reading.fault(path, 'has no receiver: give to, with the names of receivers');
  const to = section.value('to') ?? [];
  for (const name of to) {
    if (receivers.includes(name)) continue;
    section.contradiction('to', `names a receiver that is not configured: there are ${receivers.join(', ')}`);
  }
  const remindEveryMs = section.value('remind_every');
  if (section.given('remind_backoff') && remindEveryMs === null) {
    section.contradiction('remind_backoff', 'has no effect, since remind_every is -1');
  }
  return {
    index,
    line: reading.document.lineOf(path),
    match: {
      servers: section.value('server') ?? null,
      labels: labelsOf(reading, path, section.value('label') ?? {}),
      kinds: section.value('kind') ?? null,
      severities: (section.value('severity') as Severity[] | undefined) ?? null,
    },
    to: [...new Set(to)],
    continues: section.value('continue') ?? false,
    remindEveryMs,
    remindBackoff: section.value('remind_backoff') ?? 'steady',
    quietHours: readQuietHours(reading, [...path, 'quiet_hours'], zone),
  };
}

function labelsOf(reading: Reading, path: Path, labels: Readonly<Record<string, unknown>>): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value === 'string') Object.defineProperty(read, name, { value, enumerable: true });
    else reading.fault([...path, 'label', name], 'must be one text');
  }
  return read;
}

function readQuietHours(reading: Reading, path: Path, zone: string): QuietHours | null {
  if (isBlank(treeAt(reading.document.root, path))) return null;
  const section = openSection(reading, path, quietKeys);
  for (const name of ['from', 'to'] as const) {
    if (!section.given(name)) reading.fault(path, `has no ${name}: give a time of day, as '22:00'`);
  }
  return {
    days: section.value('days')?.map((day) => weekdays.indexOf(day)) ?? null,
    from: section.value('from') ?? 0,
    to: section.value('to') ?? 0,
    timezone: section.value('timezone') ?? zone,
    except: section.value('except') ?? [],
  };
}
