/** Where a check stands after what was found so far. Pure. */
import type { CheckReport } from '../../ports.ts';
import type { Finding } from './probe.ts';

export interface Standing {
  /** Failures in a row. */
  readonly failures: number;
  readonly last: Finding;
}

export function standingAfter(before: Standing | null, found: Finding): Standing {
  return { failures: found.kind === 'well' ? 0 : (before?.failures ?? 0) + 1, last: found };
}

/** `failing`: unwell, but not yet `failures` times in a row. */
export function reportOf(
  check: { readonly name: string; readonly kind: CheckReport['kind']; readonly failures: number },
  { failures, last }: Standing,
): CheckReport {
  const status = failures === 0 ? 'ok' : failures < check.failures ? 'failing' : 'failed';
  return {
    name: check.name,
    kind: check.kind,
    status,
    ...(last.latencyMs === null ? {} : { latency: last.latencyMs }),
    message: last.message,
  };
}
