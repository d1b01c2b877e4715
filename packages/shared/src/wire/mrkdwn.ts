/** Text in Slack's own markup, https://docs.slack.dev/messaging/formatting-message-text. Pure. */

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Where a mark would begin or end bold, italics, strike-through, code or a quotation. */
const marks = /(^|[^\p{L}\p{N}])([*_~`]+)|([*_~`]+)(?=$|[^\p{L}\p{N}])/gu;

/**
 * The text as it is: no mention, no link, no formatting. Slack has no escape for its marks; a zero-width
 * space inside a run of them keeps them from being any.
 */
export function plain(text: string): string {
  return text
    .replace(marks, (_match, before: string | undefined, opening: string | undefined, closing: string | undefined) => {
      const run = opening ?? closing ?? '';
      return `${before ?? ''}${Array.from(run, (mark) => `\u200b${mark}\u200b`).join('')}`;
    })
    .replace(/[&<>]/g, (character) => entities[character] ?? character);
}

export function bold(text: string): string {
  return text === '' ? '' : `*${plain(text)}*`;
}

/** @param url of ours, so it holds none of `<>|`. */
export function linked(text: string, url: string): string {
  return `<${url.replace(/[&<>|]/g, (character) => encodeURIComponent(character))}|${plain(text)}>`;
}

/** A block of code, in which nothing but the entities is read. */
export function code(text: string): string {
  const inside = text.replaceAll('```', "'''").replace(/[&<>]/g, (character) => entities[character] ?? character);
  return `\`\`\`${inside}\`\`\``;
}
