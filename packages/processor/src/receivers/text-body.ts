import type { Report } from './report.ts';

/** The report for clients and people that prefer plain text. The news comes first: a lock screen shows its beginning. */
export function textBody(report: Report): string {
  const sections = [
    `${report.headline}.`,
    ...report.remarks,
    table(report.details),
    ...report.rolls.map(roll),
    ...(report.steps.length === 0 ? [] : [steps(report.steps)]),
    ...(report.links.length === 0 ? [] : [report.links.map((link) => `${link.text}: ${link.url}`).join('\n')]),
    // The signature mark, so that clients fold it away (RFC 3676, section 4.3).
    `-- \n${report.footer.join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function table(details: Report['details']): string {
  const width = Math.max(0, ...details.map(({ label }) => label.length)) + 2;
  const rows = details.map(({ label, value, age }) => {
    return `${label.padEnd(width)}${value}${age === undefined ? '' : ` (${age})`}`;
  });
  return rows.join('\n');
}

/** Longer names push their note aside by themselves. */
const widestName = 32;

function roll({ title, entries, more }: Report['rolls'][number]): string {
  const width = Math.min(widestName, Math.max(0, ...entries.map(({ name }) => name.length)));
  const lines = entries.map(({ name, note }) => `  ${name.padEnd(width)}  ${note}`.trimEnd());
  return [title, ...lines, ...(more === null ? [] : [`  ${more}`])].join('\n');
}

function steps(list: Report['steps']): string {
  const [first, ...others] = list;
  if (first !== undefined && others.length === 0) return [first.text, ...first.commands.map(indented)].join('\n');
  const told = list.map((step, index) => [`${index + 1}. ${step.text}`, ...step.commands.map(indented)].join('\n'));
  return ['What to do', ...told].join('\n\n');
}

function indented(command: string): string {
  return `     ${command}`;
}
