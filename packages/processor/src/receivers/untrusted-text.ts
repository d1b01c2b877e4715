/** Text that came from outside (names, paths, summaries), made fit to be shown to a person or put into a command. */

/** Controls, marks that reorder or hide text, and line separators: what a reader cannot see but would be misled by. */
const unseen = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const loneSurrogate = /\p{Surrogate}/gu;

/** The text on one line with every character to be seen: a line feed shows as `\u000a`. */
export function visible(text: string): string {
  return text.replace(loneSurrogate, '\ufffd').replace(unseen, codeUnitEscape);
}

/** One word of a shell command that means `text` and nothing else, whatever it holds. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  const shown = visible(text);
  if (shown === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const quoted = text.replace(loneSurrogate, '\ufffd').replace(/[\\']/g, '\\$&').replace(unseen, codeUnitEscape);
  return `$'${quoted}'`;
}

function codeUnitEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
