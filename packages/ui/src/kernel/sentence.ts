/** The first line of the overview: what is wrong, in one sentence, and never a false all-clear. */
import type { StatusView } from '@healthapp/shared/wire/api';
import { counted, number } from './amount.ts';

export type Tone = 'critical' | 'warning' | 'good' | 'neutral';

export interface Sentence {
  readonly tone: Tone;
  readonly text: string;
}

type Judged = Pick<StatusView, 'leader' | 'counts'> & {
  readonly blindness: { readonly now: boolean };
  readonly redis: { readonly reachable: boolean };
};

export function overviewSentence(status: Judged): Sentence {
  const { total, up, silent, stopped, unknown } = status.counts.servers;
  const open = status.counts.alerts.open;
  if (!status.redis.reachable) return { tone: 'critical', text: 'Redis is not reachable: nothing is known right now' };
  if (total === 0) return { tone: 'neutral', text: 'No server reports yet' };
  if (silent > 0) return { tone: 'critical', text: downText(silent, total) };
  if (status.blindness.now) return { tone: 'critical', text: 'The monitor cannot hear the servers right now' };
  if (status.leader === null) {
    return { tone: 'critical', text: `Nobody watches ${total === 1 ? 'the server' : counted(total, 'server')}` };
  }
  if (unknown > 0) {
    return { tone: 'warning', text: `${number(up)} of ${counted(total, 'server')} ${verb(up, 'report')}` };
  }
  if (up === 0)
    return {
      tone: 'neutral',
      text: total === 1 ? 'The only server is stopped' : `All ${number(total)} servers are stopped`,
    };
  const reports =
    up === 1 ? 'The only server that should report does' : `All ${number(up)} servers that should report do`;
  const all = up === 1 ? 'The only server reports' : `All ${number(up)} servers report`;
  return { tone: open > 0 ? 'warning' : 'good', text: stopped > 0 ? reports : all };
}

function downText(silent: number, total: number): string {
  if (total === 1) return 'The only server is down';
  if (silent === total) return `All ${number(total)} servers are down`;
  return `${number(silent)} of ${counted(total, 'server')} ${silent === 1 ? 'is' : 'are'} down`;
}

function verb(count: number, word: string): string {
  return count === 1 ? `${word}s` : word;
}

/** What stands below the sentence: what else is to know, most urgent first; empty when there is nothing. */
export function overviewDetails(status: Judged): string[] {
  const { total, silent, stopped, unknown } = status.counts.servers;
  const open = status.counts.alerts.open;
  const watched = status.leader !== null && status.redis.reachable && !status.blindness.now;
  const details: string[] = [];
  if (total === 0) return ['It appears here with its first heartbeat'];
  if (!watched && silent === 0) details.push(`${counted(total, 'server')} known`);
  if (open > 0) details.push(counted(open, 'open alert'));
  else if (watched && silent === 0) details.push('No open alerts');
  if (unknown > 0) details.push(`${number(unknown)} unknown`);
  if (stopped > 0) details.push(`${number(stopped)} stopped`);
  return details;
}
