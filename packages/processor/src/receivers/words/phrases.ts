/** An alert's own texts, made fit to stand within a sentence, and what else the words of several kinds need. */

import type { Alert } from '@healthapp/shared/domain/alert';
import { elided } from '@healthapp/shared/domain/fitted-text';
import type { Moment } from '../moment.ts';
import { shellWord, visible } from '../untrusted-text.ts';

/** Longest name and path within a sentence, in characters; the table below the sentence has them whole. */
const longestName = 80;
const longestSubject = 80;
const longestSummary = 200;

export function serverIn(alert: Alert): string {
  return alert.server === null ? 'HealthApp' : elided(visible(alert.server), longestName);
}

export function subjectIn(alert: Alert): string {
  return elided(visible(alert.subject), longestSubject);
}

export function summaryIn(alert: Alert): string {
  return elided(visible(alert.summary), longestSummary);
}

/** The server's name when it can be a host's: `heroku:shop` answers no ping, and a name is never an option. */
export function hostName(alert: Alert): string | null {
  return alert.server !== null && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(alert.server) ? alert.server : null;
}

/** The server's name as an argument of a command; null when it could be read as an option. */
export function serverArgument(alert: Alert): string | null {
  return alert.server === null || alert.server.startsWith('-') ? null : shellWord(alert.server);
}

export function momentAt(label: string, at: number | null): Moment[] {
  return at === null ? [] : [{ label, at }];
}

/** `--since … --until …` for `journalctl`; ms since 1970. */
export function journalSpan(from: number, to: number): string {
  return `--since ${journalTime(from)} --until ${journalTime(to)}`;
}

function journalTime(ms: number): string {
  return `"${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC"`;
}

export const agentCommands = ['systemctl status healthapp-agent', 'journalctl -u healthapp-agent -n 50'];
