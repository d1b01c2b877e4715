/** What a list may hold at the most when it is read as a whole. */
export const mostEntries = 1_000_000;
/** The API's own limit for one page. */
const largestPage = 1000;

interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly nextCursor: string | null;
}

/** Reads a list of the API page by page, up to `limit` entries. */
export async function allPages<Entry>(
  limit: number,
  read: (page: { readonly cursor: string | undefined; readonly limit: string }) => Promise<Page<Entry>>,
): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | undefined;
  while (found.length < limit) {
    const page = await read({ cursor, limit: String(Math.min(largestPage, limit - found.length)) });
    found.push(...page.entries);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return found;
}
