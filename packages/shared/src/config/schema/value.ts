/**
 * The shapes of single values. Each reads the text that was written (`document.ts`), so a key decides by
 * itself what its text means: `yes` is true for a switch and stays `yes` for a name. Messages say what
 * would be right and never repeat what stands there, which may be a secret in the wrong place.
 */
import * as z from 'zod';
import { formatDuration, parseDuration } from '../../domain/duration.ts';
import { Secret } from '../secret.ts';

const longestText = 4096;
const mostItems = 1000;
const longestDurationMs = 366 * 86_400_000;
/** Timers count in 31 bits of milliseconds; a longer one fires at once and for ever. */
export const longestTimerMs = 7 * 86_400_000;

const written = z.string('must be one text, not a list or further keys').max(longestText, 'is too long');

/** A text on one line. */
export const text = written.refine((value) => !/\p{Cc}/u.test(value), 'must be one line without control characters');

/** A text that must not be shown. It is taken as it stands, line breaks and all. */
export const secretText = written.transform((value) => new Secret(value));

/** A text that `understand` reads; what it does not understand (undefined) is a fault with `message`. */
export function textAs<T>(understand: (value: string) => T | undefined, message: string, base: typeof text = text) {
  return base.transform((value, context): T => {
    const understood = understand(value.trim());
    if (understood !== undefined) return understood;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

const withoutLeadingZero = text.refine(
  (value) => !/^\s*[-+]?0\d/.test(value),
  'must not begin with 0: YAML 1.1 reads 010 as 8 and YAML 1.2 as 10',
);

/** A switch, in the words of YAML 1.1, which is what the original HealthApp read. */
export const boolean = textAs((value) => {
  if (/^(?:y|yes|on|true)$/i.test(value)) return true;
  return /^(?:n|no|off|false)$/i.test(value) ? false : undefined;
}, 'must be true or false (yes, no, on and off are read too)');

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]) {
  return textAs((value) => words.find((word) => word === value), `must be one of ${words.join(', ')}`);
}

/** A number from `least` to `most`, both included. */
export function number(least: number, most: number) {
  return textAs(
    (value) => within(numberIn(value), least, most),
    `must be a number from ${least} to ${most}`,
    withoutLeadingZero,
  );
}

/** A whole number from `least` to `most`, both included. */
export function whole(least: number, most: number) {
  return textAs(
    (value) => {
      const read = within(numberIn(value), least, most);
      return read !== undefined && Number.isInteger(read) ? read : undefined;
    },
    `must be a whole number from ${least} to ${most}`,
    withoutLeadingZero,
  );
}

const durationForms = 'seconds, or a number with ms, s, m, h or d (500ms, 90s, 5m, 2h, 7d)';

const mostIn = (ms: number) => (ms % 86_400_000 === 0 ? `${ms / 86_400_000} days` : formatDuration(ms));

/** More than 0 ms and at most `mostMs`, as milliseconds. */
export function duration(mostMs = longestDurationMs) {
  return textAs(
    (value) => durationIn(value, mostMs),
    `must be a duration of more than 0 and at most ${mostIn(mostMs)}: ${durationForms}`,
    withoutLeadingZero,
  );
}

/** As `duration`, or null for -1, which says never. */
export function durationOrNever() {
  return textAs(
    (value) => (numberIn(value) === -1 ? null : durationIn(value, longestDurationMs)),
    `must be a duration of more than 0 and at most ${mostIn(longestDurationMs)}: ${durationForms}; or -1 for never`,
    withoutLeadingZero,
  );
}

/** As the value, or 0, which turns it off. */
export function orZero(value: z.ZodType<number>) {
  return z.unknown().transform((tree, context): number => {
    if (typeof tree === 'string' && numberIn(tree.trim()) === 0) return 0;
    const result = value.safeParse(tree);
    for (const { path, message } of result.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path, message: `${message}; or 0 for none` });
    }
    return result.success ? result.data : z.NEVER;
  });
}

/** A list, of at most 1,000 items. @param least with what it must say when it has none; without, it may be empty. */
export function list<Item extends z.ZodType>(item: Item, least?: string) {
  return z
    .array(z.unknown(), 'must be a list: each on a line of its own after "- "')
    .max(mostItems, `must have at most ${mostItems} entries`)
    .min(least === undefined ? 0 : 1, least)
    .pipe(z.array(item));
}

function durationIn(value: string, mostMs: number): number | undefined {
  const ms = parseDuration(numberIn(value) ?? value);
  return ms !== undefined && ms > 0 && ms <= mostMs ? ms : undefined;
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

/** A number of YAML 1.1 or 1.2: decimal, `1_000`, `1e3`, `0x1f`; no infinities. */
function numberIn(value: string): number | undefined {
  if (/^0x[\da-f_]+$/i.test(value)) return Number(value.replaceAll('_', ''));
  if (!/^[-+]?(?:(?:0|[1-9][\d_]*)(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(value)) return undefined;
  const read = Number(value.replaceAll('_', ''));
  return Number.isFinite(read) ? read : undefined;
}
