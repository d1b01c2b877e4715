/** Memory in use, bytes. Pure. */

export interface Memory {
  readonly total: number;
  readonly used: number;
}

/**
 * Linux' `/proc/meminfo`: used is what is not available to programs (`MemTotal − MemAvailable`), so
 * that the page cache counts as free. Undefined when the two are not there.
 */
export function memoryIn(meminfo: string): Memory | undefined {
  const total = kibibytes(meminfo, 'MemTotal');
  const available = kibibytes(meminfo, 'MemAvailable');
  if (total === undefined || available === undefined) return undefined;
  return { total, used: Math.max(0, total - available) };
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(meminfo);
  return match === null ? undefined : Number(match[1]) * 1024;
}

/**
 * macOS' `vm_stat`: wired, active and compressed pages are used, as Activity Monitor has it; inactive
 * and speculative ones are given back on demand. Undefined when the output is not of that form.
 */
export function usedMemoryIn(vmStat: string): number | undefined {
  const pageSize = /page size of (\d+) bytes/.exec(vmStat)?.[1];
  const pages = ['Pages active', 'Pages wired down', 'Pages occupied by compressor'].map(
    (name) => new RegExp(`^${name}:\\s*(\\d+)\\.$`, 'm').exec(vmStat)?.[1],
  );
  if (pageSize === undefined || pages.includes(undefined)) return undefined;
  return pages.reduce((sum, count) => sum + Number(count), 0) * Number(pageSize);
}
