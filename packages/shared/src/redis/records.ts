/** JSON that stands in Redis: another version, or a fault, may have written what this one cannot read. */

/** What a record says; undefined when there is none or it is no JSON. */
export function recordOf(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it has fields at all. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
