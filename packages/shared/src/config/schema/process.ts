import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { boolean, text } from './value.ts';

export const processKeys = { hush_logs: boolean, setuid: text, setgid: text };

export function readProcess(reading: Reading): Pick<Config, 'hushLogs'> {
  const section = openSection(reading, [], processKeys);
  for (const name of ['setuid', 'setgid'] as const) {
    if (!section.given(name)) continue;
    section.warn(name, 'does nothing: the user is set by what starts the process, as User= and Group= of systemd do');
  }
  return { hushLogs: section.value('hush_logs') ?? false };
}
