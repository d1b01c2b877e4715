import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { duration, durationOrNever, longestTimerMs, number } from './value.ts';

export const alertingKeys = {
  max_filesystem_percentage: number(1, 1000),
  server_staleness_duration: duration(),
  alert_process_interval: duration(longestTimerMs),
  alert_send_email_interval: durationOrNever(),
};

type AlertingConfig = Pick<
  Config,
  'maxFilesystemPercentage' | 'serverStalenessMs' | 'alertProcessIntervalMs' | 'alertSendEmailIntervalMs'
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
  };
}
