import { wholeNumber } from './arguments.ts';

/** What a list may hold at the most when it is read as a whole. */
export const mostEntries = 1_000_000;
/** The API's own limit for one page. */
const largestPage = 1000;

/** How many entries are wanted. @param flag of `--limit`. @throws CommandLineError */
export function limitIn(flag: string | undefined, usual: number): number {
  return flag === undefined ? usual : wholeNumber('--limit', flag, mostEntries);
}

/** A page of the API's, whose entries stand under the list's own name. */
type Page<Name extends string, Entry> = Readonly<Record<Name, readonly Entry[]>> & {
  readonly nextCursor: string | null;
};

/** Reads a list of the API page by page, up to `limit` entries. */
export async function allPages<Name extends string, Entry>(
  name: Name,
  limit: number,
  read: (page: { readonly cursor: string | undefined; readonly limit: string }) => Promise<Page<Name, Entry>>,
): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | undefined;
  while (found.length < limit) {
    const page = await read({ cursor, limit: String(Math.min(largestPage, limit - found.length)) });
    found.push(...page[name]);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return found;
}
