import type { NewSilence } from '@healthapp/shared/wire/api';
import { checkedKind } from './alert-kind.ts';
import { duration } from './arguments.ts';
import { CommandLineError } from './command.ts';
import { labelsIn } from './labels.ts';
import { checkTimezone, localTimezone, readTime } from './wall-clock.ts';

/** What `silences add` is called with; undefined where it was not. */
export interface SilenceFlags {
  readonly server: string | undefined;
  readonly kind: string | undefined;
  readonly label: readonly string[];
  readonly for: string | undefined;
  readonly until: string | undefined;
  readonly from: string | undefined;
  readonly reason: string;
  readonly rrule: string | undefined;
  readonly timezone: string | undefined;
}

/**
 * The silence that flags describe. Whether the rule is one, the API says.
 * @param now ms since 1970.
 * @throws CommandLineError
 */
export function newSilence(flags: SilenceFlags, now: number): NewSilence {
  if (flags.server === undefined && flags.kind === undefined && flags.label.length === 0) {
    throw new CommandLineError("give --server, --label or --kind; --server '*' silences every server");
  }
  if (flags.reason.trim() === '') throw new CommandLineError('--reason is blank: say why');
  if (flags.timezone !== undefined) checkTimezone('--timezone', flags.timezone);
  const timezone = flags.timezone ?? localTimezone();
  const from = flags.from === undefined ? undefined : readTime('--from', flags.from, timezone);
  const endsAt = endOf(flags, from ?? now, timezone);
  if (from !== undefined && endsAt <= from) throw new CommandLineError('--until must be later than --from');
  if (endsAt <= now && (from === undefined || flags.rrule === undefined)) {
    throw new CommandLineError(
      flags.until === undefined
        ? `--from ${flags.from} --for ${flags.for} is over already`
        : `--until ${flags.until} is in the past`,
    );
  }
  // Without a start it holds at once, whatever this machine's clock shows. A recurring one needs both ends,
  // since every later time is as long as the first.
  const startsAt = from ?? (flags.rrule === undefined ? undefined : now);
  return {
    match: {
      server: flags.server ?? null,
      label: flags.label.length === 0 ? null : labelsIn(flags.label),
      kind: checkedKind(flags.kind) ?? null,
    },
    ...(startsAt === undefined ? {} : { startsAt }),
    endsAt,
    reason: flags.reason,
    ...(flags.rrule === undefined ? {} : { recurring: { rrule: flags.rrule, timezone } }),
  };
}

function endOf(flags: SilenceFlags, startsAt: number, timezone: string): number {
  if (flags.for !== undefined && flags.until !== undefined) {
    throw new CommandLineError('give --for or --until, not both');
  }
  if (flags.for !== undefined) return startsAt + duration('--for', flags.for);
  if (flags.until !== undefined) return readTime('--until', flags.until, timezone);
  throw new CommandLineError('--for DURATION or --until TIME is missing');
}
