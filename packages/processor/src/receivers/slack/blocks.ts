/** A report as Block Kit. Pure. */
import { cut, fitted } from '@healthapp/shared/domain/fitted-text';
import { type Block, context, fieldsOf, longestText, mostBlocks, section } from '@healthapp/shared/wire/block-kit';
import { bold, code, linked, plain } from '@healthapp/shared/wire/mrkdwn';
import type { Report, Roll } from '../report.ts';

export function blocksOf(report: Report): Block[] {
  const blocks = [
    section([`${bold(report.incident)} (${plain(report.state)})`, plain(`${report.headline}.`)].join('\n')),
    ...report.remarks.map((remark) => section(plain(remark))),
    ...fieldsOf(
      report.details.map(({ label, value, age }) => [label, age === undefined ? value : `${value} (${age})`]),
    ),
    ...report.rolls.map((roll) => section(rollText(roll))),
    ...stepsOf(report),
    ...(report.links.length === 0
      ? []
      : [section(report.links.map((link) => linked(link.text, link.url)).join('   '))]),
  ];
  if (report.footer.length === 0) return blocks.slice(0, mostBlocks);
  return [...blocks.slice(0, mostBlocks - 1), context(plain(report.footer.join('\n')))];
}

/** For notifications on a phone, and where blocks are not shown. */
export function fallbackOf(report: Report): string {
  return cut(plain(`[${report.state}] ${report.incident}: ${report.headline}.`), longestText);
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
