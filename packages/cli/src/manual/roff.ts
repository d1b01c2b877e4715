/** The manual's source language, as man(7) describes it: only what its pages need. */

/** Text within a line: no letter of it is taken for a request, and a dash stays one that can be copied. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '\\&...')
    .replaceAll(' …', ' ...')
    .replace(/^([.'])/gm, '\\&$1');
}

export interface PageTitle {
  /** `healthapp-config` */
  readonly name: string;
  readonly section: 1 | 5;
  /** What it is, in half a sentence. */
  readonly purpose: string;
  readonly version: string;
}

/** A whole page: its head, and the parts below it. */
export function page({ name, section, purpose, version }: PageTitle, parts: readonly string[]): string {
  return `${[
    `.TH ${name.toUpperCase()} ${section} "" "HealthApp ${version}" "HealthApp"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(purpose)}`,
    ...parts,
  ].join('\n')}\n`;
}

export function section(title: string, ...parts: readonly string[]): string {
  return [`.SH ${escaped(title.toUpperCase())}`, ...parts].join('\n');
}

export function subsection(title: string, ...parts: readonly string[]): string {
  return [`.SS ${escaped(title)}`, ...parts].join('\n');
}

export function paragraph(text: string): string {
  return `.PP\n${escaped(text)}`;
}

/** A term in bold, and what it means indented below. */
export function entry(term: string, meaning: string): string {
  return `.TP\n.B ${escaped(term)}\n${escaped(meaning)}`;
}

/** Lines that stay as they are: commands, configuration. */
export function verbatim(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.EX', ...lines.map(escaped), '.EE', '.RE'].join('\n');
}
