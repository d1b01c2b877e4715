import { jsonIn } from '../http/verdict.ts';

/**
 * What an error of Infobip's says: `description` and `action` of its present form, or the text within
 * `requestError.serviceException` of the one before. Any other text stays as it is.
 */
export function infobipWords(text: string): string {
  const tree = jsonIn(text);
  if (tree === undefined) return text;
  const exception = (tree.requestError as { serviceException?: Record<string, unknown> } | undefined)?.serviceException;
  const parts = exception === undefined ? [tree.description, tree.action] : [exception.messageId, exception.text];
  const said = parts.filter((part): part is string => typeof part === 'string' && part !== '');
  return said.length === 0 ? text : said.join(': ');
}
