/** The frame of an answer to a command in Slack, as Block Kit. Whatever a server or a person named is shown as text. Pure. */
import { type Alert, alertDuration } from '@healthapp/shared/domain/alert';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { cut, fitted } from '@healthapp/shared/domain/fitted-text';
import { type Block, longestText, mostBlocks, section } from '@healthapp/shared/wire/block-kit';
import { bold, linked, plain } from '@healthapp/shared/wire/mrkdwn';

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
export interface SlackAnswer {
  /** Only who asked sees it. */
  readonly response_type: 'ephemeral';
  /** Where blocks are not shown, and for who listens to the screen. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

const mostListed = 20;
/** Of the text of a line, before its marks are escaped. */
export const longestLine = 400;

export function sentence(text: string): SlackAnswer {
  return answer(text, [section(plain(text))]);
}

export function answer(text: string, blocks: readonly Block[]): SlackAnswer {
  return { response_type: 'ephemeral', text: cut(plain(text), longestText), blocks: blocks.slice(0, mostBlocks) };
}

export function alertLine(alert: Alert, publicUrl: string | null, now: number): string {
  const taken = alert.acknowledgement === null ? '' : `, ${alert.acknowledgement.by} takes care of it`;
  const text = `${cut(alert.summary, longestLine)} (${alert.severity}, for ${formatDuration(alertDuration(alert, now))}${taken})`;
  return publicUrl === null
    ? `• ${plain(text)}`
    : `• ${plain(text)} ${linked('open', `${publicUrl}/alert/${encodeURIComponent(alert.id)}`)}`;
}

/** Lines below a title; nothing while they are not known, `none` when it is known that there are none. */
export function part(title: string, lines: readonly string[] | undefined, none: string | null): Block[] {
  if (lines === undefined || (lines.length === 0 && none === null)) return [];
  const shown = lines.length === 0 ? [plain(none ?? '')] : shortened(lines, longestText - title.length - 10);
  return [section([bold(title), ...shown].join('\n'))];
}

export function listed(lines: readonly string[], more = false): Block[] {
  if (lines.length === 0) return [];
  return [section([...shortened(lines, longestText - 50), ...(more ? ['and more'] : [])].join('\n'))];
}

/** A message that scrolls for pages is read by nobody. */
function shortened(lines: readonly string[], room: number): string[] {
  const rest = (left: number) => `and ${left} more`;
  const first = lines.slice(0, mostListed);
  const beyond = lines.length - first.length;
  if (beyond === 0) return fitted(first, room, rest);
  // The line for those beyond takes in what does not fit.
  const kept = fitted(first, room - rest(lines.length).length - 1, () => '').filter((line) => line !== '');
  return [...kept, rest(lines.length - kept.length)];
}

/** A name that leads to a server's page, whose own name needs no escape in a path. */
export function named(name: string, server: string, publicUrl: string | null): string {
  return publicUrl === null ? bold(name) : `*${linked(name, `${publicUrl}/server/${server}`)}*`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
