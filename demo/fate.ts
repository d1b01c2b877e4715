/**
 * When an invented server is away, and how its disk fills: fixed from 30 days before the demonstration begins until
 * hours after. All times are ms since it began; before it they are negative. Pure.
 */
import type { Chance } from './chance.ts';

export interface Absence {
  readonly from: number;
  readonly to: number;
  /** `stopped`: somebody said goodbye for it and named the end. */
  readonly kind: 'down' | 'stopped';
}

export interface Fate {
  /** In order, none touching another. */
  readonly absences: readonly Absence[];
  /** When its fullest disk is cleaned after it has filled up; null: it never does. */
  readonly cleanedAt: number | null;
}

const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
export const pastMs = 30 * dayMs;
const futureMs = 12 * hourMs;

/** What happens to the first servers once the demonstration runs, so that there is something to see at once. */
const stories: readonly Fate[] = [
  { absences: [{ from: 5 * secondMs, to: 14 * minuteMs, kind: 'down' }], cleanedAt: null },
  { absences: [{ from: 8 * secondMs, to: futureMs, kind: 'down' }], cleanedAt: null },
  { absences: [{ from: 40 * secondMs, to: 6 * minuteMs, kind: 'down' }], cleanedAt: null },
  { absences: flapping(20 * secondMs, 40 * minuteMs, 80 * secondMs, 90 * secondMs), cleanedAt: null },
  { absences: [{ from: 3 * secondMs, to: 9 * minuteMs, kind: 'stopped' }], cleanedAt: null },
  { absences: [{ from: 4 * minuteMs, to: 7 * minuteMs, kind: 'stopped' }], cleanedAt: null },
  { absences: [], cleanedAt: 12 * minuteMs },
  { absences: [], cleanedAt: 50 * minuteMs },
];
/** Of the others, one is away about this often. */
const everyMs = 3 * minuteMs;

function flapping(from: number, to: number, downMs: number, upMs: number): Absence[] {
  const absences: Absence[] = [];
  for (let at = from; at < to; at += downMs + upMs) absences.push({ from: at, to: at + downMs, kind: 'down' });
  return absences;
}

/** The fates of `count` servers. Which ones have a story is chance too. */
export function inventFates(chance: Chance, count: number): Fate[] {
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (one, other) => chance('order', one) - chance('order', other),
  );
  const fates: Fate[] = [];
  order.forEach((server, place) => {
    const story = stories[place];
    const later = story ?? {
      absences: laterAbsences(chance, place - stories.length, count - stories.length),
      cleanedAt: null,
    };
    fates[server] = { ...later, absences: [...pastAbsences(chance, server), ...later.absences] };
  });
  return fates;
}

/** Mostly none; some reboots for updates, a few outages, and now and then a bad afternoon. */
function pastAbsences(chance: Chance, server: number): Absence[] {
  const absences: Absence[] = [];
  for (let day = -29; day <= 0; day += 1) {
    const luck = chance('luck', server, day);
    const at = (0.1 + 0.7 * chance('hour', server, day)) * dayMs + (day - 1) * dayMs;
    if (luck < 0.012)
      absences.push({ from: at, to: at + (4 + 90 * chance('length', server, day)) * minuteMs, kind: 'down' });
    else if (luck < 0.03)
      absences.push({ from: at, to: at + (5 + 25 * chance('work', server, day)) * minuteMs, kind: 'stopped' });
    else if (luck < 0.034) absences.push(...flapping(at, at + 2 * hourMs, 6 * minuteMs, 9 * minuteMs));
  }
  return absences;
}

function laterAbsences(chance: Chance, place: number, others: number): Absence[] {
  const absences: Absence[] = [];
  for (let turn = 0; turn * others * everyMs < futureMs; turn += 1) {
    const from = (turn * others + place) * everyMs + 90 * secondMs;
    const kind = chance('kind', place, turn) < 0.3 ? ('stopped' as const) : ('down' as const);
    absences.push({ from, to: from + (2 + 6 * chance('away', place, turn)) * minuteMs, kind });
  }
  return absences;
}

export function absenceAt({ absences }: Fate, at: number): Absence | null {
  return absences.find(({ from, to }) => from <= at && at < to) ?? null;
}

/** When it was last switched on: after its last absence, or long ago. */
export function bootedAt({ absences }: Fate, at: number): number {
  const before = absences.filter(({ to }) => to <= at).at(-1);
  return before?.to ?? -pastMs - 17 * dayMs;
}
