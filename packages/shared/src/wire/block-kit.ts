/** Slack's Block Kit within its limits, https://docs.slack.dev/reference/block-kit/blocks. Texts are mrkdwn. Pure. */
import { cut } from '../domain/fitted-text.ts';
import { bold, plain } from './mrkdwn.ts';

export interface TextObject {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export type Block =
  | { readonly type: 'section'; readonly text: TextObject }
  | { readonly type: 'section'; readonly fields: TextObject[] }
  | { readonly type: 'context'; readonly elements: TextObject[] };

export const mostBlocks = 50;
/** Of a section's text, UTF-16 units. */
export const longestText = 3000;
const mostFields = 10;
const longestField = 2000;

/** @param text mrkdwn. */
export function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) };
}

/** Small and grey. @param text mrkdwn. */
export function context(text: string): Block {
  return { type: 'context', elements: [mrkdwn(text)] };
}

function mrkdwn(text: string): TextObject {
  return { type: 'mrkdwn', text: cut(text, longestText) };
}

/** Pairs side by side, in as many blocks as they need. They are texts as they are, no mrkdwn. */
export function fieldsOf(pairs: readonly (readonly [label: string, value: string])[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < pairs.length; at += mostFields) {
    const fields = pairs.slice(at, at + mostFields).map(([label, value]): TextObject => {
      return { type: 'mrkdwn', text: cut(`${bold(label)}\n${plain(value)}`, longestField) };
    });
    blocks.push({ type: 'section', fields });
  }
  return blocks;
}
