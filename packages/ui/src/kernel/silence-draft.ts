/** A silence as it is written in a form, and what the API is given of it. */
import type { NewSilence } from '@healthapp/shared/wire/api';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The lengths that one tap chooses, ms. */
export const quickLengths = {
  '30m': { words: '30 min', ms: 30 * minute },
  '1h': { words: '1 h', ms: hour },
  '8h': { words: '8 h', ms: 8 * hour },
  '1d': { words: '1 day', ms: day },
} as const;

export const draftLengths = ['30m', '1h', '8h', '1d', 'until'] as const;
export const draftRecurrences = ['none', 'daily', 'weekly', 'custom'] as const;

export interface SilenceDraft {
  /** A name, `*` standing for any characters; empty: not asked for. */
  readonly server: string;
  readonly kind: string;
  /** `key=value`, several with commas between. */
  readonly label: string;
  readonly begins: 'now' | 'later';
  /** As a `datetime-local` field has it, in the browser's time zone: `2026-11-20T14:30`. */
  readonly startsAt: string;
  readonly lasts: (typeof draftLengths)[number];
  /** As `startsAt`, for `lasts: 'until'`. */
  readonly until: string;
  readonly reason: string;
  readonly recurs: (typeof draftRecurrences)[number];
  /** For `recurs: 'custom'`. */
  readonly rrule: string;
}

/** The fields that can be at fault. */
export type DraftField = 'server' | 'kind' | 'label' | 'startsAt' | 'until' | 'reason' | 'recurring';
export type DraftFaults = Partial<Record<DraftField, string>>;

/** @param now ms since 1970: for the times that the fields begin with. */
export function emptyDraft(now: number, given: { readonly server?: string; readonly kind?: string }): SilenceDraft {
  return {
    server: given.server ?? '',
    kind: given.kind ?? '',
    label: '',
    begins: 'now',
    startsAt: localText(now + hour),
    lasts: '1h',
    until: localText(now + 2 * hour),
    reason: '',
    recurs: 'none',
    rrule: '',
  };
}

export type ReadDraft =
  | { readonly kind: 'silence'; readonly silence: NewSilence }
  | { readonly kind: 'faults'; readonly faults: DraftFaults };

/**
 * @param now the monitor's clock, ms since 1970.
 * @param timezone the browser's, by its IANA name: the one in which the draft's times are meant.
 */
export function readDraft(draft: SilenceDraft, now: number, timezone: string): ReadDraft {
  const faults: DraftFaults = {};
  const server = draft.server.trim();
  const label = readLabels(draft.label);
  if (label === undefined) faults.label = 'Write key=value; put a comma between several.';
  if (server === '' && draft.kind === '' && draft.label.trim() === '') {
    faults.server = 'Say what to silence: a server, a kind or a label. * alone stands for every server.';
  }
  const startsAt = draft.begins === 'now' ? now : readLocal(draft.startsAt);
  if (startsAt === undefined) faults.startsAt = 'Give a day and a time.';
  const endsAt = endOf(draft, startsAt ?? now);
  const recurring = recurrenceOf(draft, startsAt ?? now, timezone);
  if (endsAt === undefined) faults.until = 'Give a day and a time.';
  else if (endsAt <= (startsAt ?? now)) faults.until = 'That is before it begins.';
  else if (recurring === null && endsAt <= now) faults.until = 'That is over already.';
  else if (endsAt - (startsAt ?? now) >= periods[draft.recurs]) {
    faults.until = 'It would last until the next one begins, so it would never end.';
  }
  const reason = draft.reason.trim();
  if (reason === '') faults.reason = 'Say why, for whoever wonders tonight.';
  if (recurring?.rrule === '') faults.recurring = 'Give a rule, such as FREQ=MONTHLY;BYDAY=1SU.';
  if (Object.keys(faults).length > 0 || endsAt === undefined || label === undefined) return { kind: 'faults', faults };
  return {
    kind: 'silence',
    silence: {
      match: {
        server: server === '' ? null : server,
        label: Object.keys(label).length === 0 ? null : label,
        kind: draft.kind === '' ? null : draft.kind,
      },
      ...(draft.begins === 'now' || startsAt === undefined ? {} : { startsAt }),
      endsAt,
      reason,
      recurring,
    },
  };
}

/** How soon the next one begins, ms; of a rule of one's own the API judges. */
const periods: Readonly<Record<SilenceDraft['recurs'], number>> = {
  none: Number.POSITIVE_INFINITY,
  daily: day,
  weekly: 7 * day,
  custom: Number.POSITIVE_INFINITY,
};

function endOf(draft: SilenceDraft, startsAt: number): number | undefined {
  return draft.lasts === 'until' ? readLocal(draft.until) : startsAt + quickLengths[draft.lasts].ms;
}

const dayCodes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function recurrenceOf(
  draft: SilenceDraft,
  startsAt: number,
  timezone: string,
): (NewSilence['recurring'] & object) | null {
  switch (draft.recurs) {
    case 'none':
      return null;
    case 'daily':
      return { rrule: 'FREQ=DAILY', timezone };
    case 'weekly':
      return { rrule: `FREQ=WEEKLY;BYDAY=${dayCodes[new Date(startsAt).getDay()]}`, timezone };
    case 'custom':
      return { rrule: draft.rrule.trim().replace(/^RRULE:/i, ''), timezone };
    default: {
      const unhandled: never = draft.recurs;
      return unhandled;
    }
  }
}

/** Undefined when it is not `key=value`, several with commas between. */
export function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  if (text.trim() === '') return labels;
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals).trim();
    if (equals < 0 || key === '') return undefined;
    labels[key] = part.slice(equals + 1).trim();
  }
  return labels;
}

/** In the browser's time zone, as `Date` reads a time without one; undefined when it is none. */
export function readLocal(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

/** To the minute, as a `datetime-local` field wants it. */
export function localText(at: number): string {
  const local = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  const date = [local.getFullYear(), two(local.getMonth() + 1), two(local.getDate())].join('-');
  return `${date}T${two(local.getHours())}:${two(local.getMinutes())}`;
}

const apiFields: readonly (readonly [prefix: string, field: DraftField])[] = [
  ['match.label', 'label'],
  ['match.kind', 'kind'],
  ['match', 'server'],
  ['startsAt', 'startsAt'],
  ['endsAt', 'until'],
  ['reason', 'reason'],
  ['recurring', 'recurring'],
];

/** The form's field for what the API finds at fault; undefined when there is none. */
export function draftFieldOf(apiField: string | null): DraftField | undefined {
  return apiFields.find(([prefix]) => apiField === prefix || apiField?.startsWith(`${prefix}.`))?.[1];
}
