/** What stands beside an alert or an event, as lists: the last lines of a log, names that changed. */

import type { Alert } from '@healthapp/shared/domain/alert';
import { elided } from '@healthapp/shared/domain/fitted-text';
import type { Roll } from './report.ts';
import { visible } from './untrusted-text.ts';

const longestLine = 300;

export function contextRolls({ context }: Alert): Roll[] {
  if (context === undefined) return [];
  const { log = [], changes } = context;
  return [
    ...rollOf('The last lines of its log', log),
    ...rollOf('Added', changes?.added ?? []),
    ...rollOf('Removed', changes?.removed ?? []),
    ...rollOf('Changed', changes?.changed ?? []),
  ];
}

function rollOf(title: string, lines: readonly string[]): Roll[] {
  if (lines.length === 0) return [];
  const entries = lines.map((line) => ({ name: elided(visible(line), longestLine), note: '', url: null }));
  return [{ title, entries, more: null }];
}
