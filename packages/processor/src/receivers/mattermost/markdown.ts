/** A report in Mattermost's Markdown, https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html. Pure. */
import { cut, fitted } from '@healthapp/shared/domain/fitted-text';
import type { Report, Roll } from '../report.ts';

/** Posts of older servers end at 4,000 characters, of newer ones at 16,383. */
const longestPost = 16_000;
/** For the rolls together, so that what follows them has room. */
const longestRolls = 9000;

/** What formats wherever it stands, with what begins a list at the start, an emoji, and an address that would become a link. */
const marks = /[\\`*_{}[\]#|<>~]|^[-+](?=\s)|(?<=^\d{1,9})[.)](?=\s)|(?<!\d):(?=[\w+-]+:)|:(?=\/\/)/g;

/** The text as it is: no formatting, no link, no mention of people or channels. */
export function plain(text: string): string {
  // A mention is found before the escapes are read.
  return text.replace(marks, '\\$&').replace(/@/g, '@\u200b');
}

export function markdownOf(report: Report): string {
  const parts = [
    `**${plain(report.incident)}** (${plain(report.state)})\n${plain(report.headline)}.`,
    ...report.remarks.map(plain),
    ...(report.details.length === 0 ? [] : [table(report.details)]),
    ...rolls(report.rolls),
    ...steps(report.steps),
    ...(report.links.length === 0 ? [] : [report.links.map(({ text, url }) => linked(text, url)).join(' · ')]),
    ...(report.footer.length === 0 ? [] : [report.footer.map((line) => `*${plain(line)}*`).join('\n')]),
  ];
  return cut(parts.join('\n\n'), longestPost);
}

function table(details: Report['details']): string {
  const rows = details.map(({ label, value, age }) => {
    return `| ${plain(label)} | ${plain(age === undefined ? value : `${value} (${age})`)} |`;
  });
  return ['| | |', '|:--|:--|', ...rows].join('\n');
}

function rolls(list: readonly Roll[]): string[] {
  const room = Math.floor(longestRolls / Math.max(1, list.length));
  return list.map(({ title, entries, more }) => {
    const lines = entries.map(({ name, note, url }) => {
      return `- ${url === null ? plain(name) : linked(name, url)} ${plain(note)}`;
    });
    const shown = fitted(lines, room, (left) => `- and ${left} more that are not listed here`);
    return [`**${plain(title)}**`, ...shown, ...(more === null ? [] : [`- ${plain(more)}`])].join('\n');
  });
}

function steps(list: Report['steps']): string[] {
  if (list.length === 0) return [];
  const told = list.map(({ text, commands }, index) => {
    const line = list.length === 1 ? plain(text) : `${index + 1}. ${plain(text)}`;
    return commands.length === 0 ? line : `${line}\n${code(commands)}`;
  });
  return list.length === 1 ? told : ['**What to do**', ...told];
}

/** A fence that is longer than any run of backticks inside. */
function code(commands: readonly string[]): string {
  const text = commands.join('\n');
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}\n${text}\n${fence}`;
}

function linked(text: string, url: string): string {
  return `[${plain(text)}](${url.replace(/[()<>\s]/g, (character) => encodeURIComponent(character))})`;
}
