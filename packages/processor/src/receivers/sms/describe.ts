import { cut } from '@healthapp/shared/domain/fitted-text';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { reportOf } from '../facts-report.ts';

export interface SmsMessage {
  readonly id: string;
  readonly text: string;
}

/** Two messages of 153 characters each on the phone, or a few more in other scripts; more costs and is not read. */
const longestText = 300;

/** What is the matter and since when, and where to read on. */
export function describeSms(facts: NotificationFacts, remindEveryMs: number | null): SmsMessage {
  const report = reportOf(facts, remindEveryMs);
  const url = report.links[0]?.url;
  const link = url === undefined ? '' : `\n${url}`;
  // Of several, their names say more than a sentence.
  const news = `[${report.state}] ${report.rolls.length === 0 ? `${report.headline}.` : report.incident}`;
  return { id: facts.id, text: `${cut(news, Math.max(80, longestText - link.length))}${link}` };
}
