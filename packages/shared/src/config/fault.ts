/** Something wrong with the configuration: where it stands, what is wrong and what would be right. */
export interface ConfigFault {
  /** The file as it was named, or null for an environment variable. */
  readonly file: string | null;
  /** Counted from 1; null when no line is meant (an unreadable file, an environment variable). */
  readonly line: number | null;
  /** `agent.grace`, `api_key[1].id`, or an environment variable's name; empty when the whole file is meant. */
  readonly key: string;
  /** Never holds a value: what stands in the wrong place may be a secret. */
  readonly message: string;
}

/** The way to a value: keys of mappings and, counted from 0, places in lists. */
export type Path = readonly (string | number)[];

const longestShownKey = 60;
/** Control characters and those that turn the direction of text, which could fake lines of a terminal or log. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `receivers[2].slack`; keys that are not plain words are quoted, escaped and cut. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${/^[\w-]{1,60}$/.test(part) ? part : quoted(part)}`;
  }
  return text;
}

function quoted(text: string): string {
  const cut = text.length > longestShownKey ? `${text.slice(0, longestShownKey)}…` : text;
  return visible(JSON.stringify(cut));
}

function visible(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** One line for people: `receivers[2].slack: give url or url_file, not both (config.yaml:41)`. */
export function formatFault(fault: ConfigFault): string {
  const what = fault.key === '' ? fault.message : `${fault.key}: ${fault.message}`;
  const where = fault.file === null ? 'environment' : fault.line === null ? fault.file : `${fault.file}:${fault.line}`;
  // A path that stands in the configuration may be told, and be written to fake a line.
  return visible(`${what} (${where})`);
}
