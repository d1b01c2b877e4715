import type { Config } from '../config.ts';
import { isMapping } from '../document.ts';
import { openSection, type Reading } from '../section.ts';
import { boolean, duration, durationOrNever, longestTimerMs, number, orZero, whole } from './value.ts';

export const alertingKeys = {
  max_filesystem_percentage: number(1, 1000),
  server_staleness_duration: duration(),
  alert_process_interval: duration(longestTimerMs),
  alert_send_email_interval: durationOrNever(),
  group_window: orZero(duration(longestTimerMs)),
  clock_skew: duration(),
  blind_after: duration(longestTimerMs),
};

export const massSilenceKeys = {
  share: number(0.01, 1),
  within: duration(longestTimerMs),
  at_least: whole(2, 1_000_000),
  release_after: duration(longestTimerMs),
};

export const flappingKeys = {
  changes: whole(2, 1000),
  within: duration(longestTimerMs),
};

type AlertingConfig = Pick<
  Config,
  | 'maxFilesystemPercentage'
  | 'serverStalenessMs'
  | 'alertProcessIntervalMs'
  | 'alertSendEmailIntervalMs'
  | 'groupWindowMs'
  | 'clockSkewMs'
  | 'blindAfterMs'
  | 'massSilence'
  | 'flapping'
>;

export function readAlerting(reading: Reading): AlertingConfig {
  const section = openSection(reading, [], alertingKeys);
  const maxFilesystemPercentage = section.value('max_filesystem_percentage') ?? 95;
  if (maxFilesystemPercentage > 100) {
    section.warn('max_filesystem_percentage', 'is over 100, which no filesystem reaches: disk-full alerts are off');
  }
  const remindEvery = section.value('alert_send_email_interval');
  return {
    maxFilesystemPercentage,
    serverStalenessMs: section.value('server_staleness_duration') ?? 300_000,
    alertProcessIntervalMs: section.value('alert_process_interval') ?? 30_000,
    // Null is a value of its own here: never.
    alertSendEmailIntervalMs: remindEvery === undefined ? 300_000 : remindEvery,
    groupWindowMs: section.value('group_window') ?? 10_000,
    clockSkewMs: section.value('clock_skew') ?? 60_000,
    blindAfterMs: section.value('blind_after') ?? 120_000,
    massSilence: readMassSilence(reading),
    flapping: readFlapping(reading),
  };
}

function readMassSilence(reading: Reading): Config['massSilence'] {
  if (isSwitchedOff(reading, 'mass_silence')) return null;
  const section = openSection(reading, ['mass_silence'], massSilenceKeys);
  return {
    share: section.value('share') ?? 0.5,
    withinMs: section.value('within') ?? 60_000,
    atLeast: section.value('at_least') ?? 5,
    releaseAfterMs: section.value('release_after') ?? 900_000,
  };
}

function readFlapping(reading: Reading): Config['flapping'] {
  if (isSwitchedOff(reading, 'flapping')) return null;
  const section = openSection(reading, ['flapping'], flappingKeys);
  return { changes: section.value('changes') ?? 6, withinMs: section.value('within') ?? 3_600_000 };
}

/** Sections that may be `false` instead of having keys. */
export const switchableSections: readonly string[] = ['mass_silence', 'flapping'];

export function isSwitchedOff(reading: Reading, section: string): boolean {
  const { root } = reading.document;
  const read = boolean.safeParse(isMapping(root) ? root[section] : undefined);
  return read.success && !read.data;
}
