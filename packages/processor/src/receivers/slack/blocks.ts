/** A report as Block Kit, within its limits: https://docs.slack.dev/reference/block-kit/blocks. Pure. */
import { cut, fitted } from '../limits.ts';
import type { Detail, Report, Roll } from '../report.ts';
import { bold, code, linked, plain } from './mrkdwn.ts';

export interface TextObject {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export type Block =
  | { readonly type: 'section'; readonly text: TextObject }
  | { readonly type: 'section'; readonly fields: TextObject[] }
  | { readonly type: 'context'; readonly elements: TextObject[] };

const mostBlocks = 50;
const longestText = 3000;
const mostFields = 10;
const longestField = 2000;

export function blocksOf(report: Report): Block[] {
  const blocks = [
    section([`${bold(report.incident)} (${plain(report.state)})`, plain(`${report.headline}.`)].join('\n')),
    ...report.remarks.map((remark) => section(plain(remark))),
    ...fieldsOf(report.details),
    ...report.rolls.map((roll) => section(rollText(roll))),
    ...stepsOf(report),
    ...(report.links.length === 0
      ? []
      : [section(report.links.map((link) => linked(link.text, link.url)).join('   '))]),
  ];
  if (report.footer.length === 0) return blocks.slice(0, mostBlocks);
  const footer: Block = { type: 'context', elements: [mrkdwn(plain(report.footer.join('\n')))] };
  return [...blocks.slice(0, mostBlocks - 1), footer];
}

/** For notifications on a phone, and where blocks are not shown. */
export function fallbackOf(report: Report): string {
  return cut(plain(`[${report.state}] ${report.incident}: ${report.headline}.`), longestText);
}

function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) };
}

function mrkdwn(text: string): TextObject {
  return { type: 'mrkdwn', text: cut(text, longestText) };
}

function fieldsOf(details: readonly Detail[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < details.length; at += mostFields) {
    const fields = details.slice(at, at + mostFields).map(({ label, value, age }): TextObject => {
      const shown = age === undefined ? value : `${value} (${age})`;
      return { type: 'mrkdwn', text: cut(`${bold(label)}\n${plain(shown)}`, longestField) };
    });
    blocks.push({ type: 'section', fields });
  }
  return blocks;
}

function rollText({ title, entries, more }: Roll): string {
  const lines = entries.map(({ name, note, url }) => {
    return `• ${url === null ? plain(name) : linked(name, url)}  ${plain(note)}`;
  });
  const last = more === null ? [] : [plain(more)];
  const room = longestText - bold(title).length - (last[0]?.length ?? 0) - 2;
  return [bold(title), ...fitted(lines, room, (left) => `and ${left} more that are not listed here`), ...last].join(
    '\n',
  );
}

function stepsOf({ steps }: Report): Block[] {
  const [first, ...others] = steps;
  if (first === undefined) return [];
  const told = steps.map(({ text, commands }, index) => {
    const line = others.length === 0 ? plain(text) : `${index + 1}. ${plain(text)}`;
    return section([line, ...(commands.length === 0 ? [] : [code(commands.join('\n'))])].join('\n'));
  });
  return others.length === 0 ? told : [section(bold('What to do')), ...told];
}
