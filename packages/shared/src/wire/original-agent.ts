/**
 * The original HealthApp's agents, which `auth.accept_original_agents` lets report on `POST
 * /api/v0/status/{server}`. Weaker than a signature: `docs/heartbeat-protocol.md` says why.
 * https://github.com/jrgp/healthapp
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { HostFacts } from './heartbeat.ts';

/** 64 bytes in base64url. Go's `base64.URLEncoding` pads; other writers leave the padding out. */
const bytesOf64 = /^[A-Za-z0-9_-]{86}(?:==)?$/;

/**
 * Whether `integrity`, the field `X-INTEGRITY`, is base64url(HMAC-SHA512(api_key, body)) for any of the
 * keys. It proves that the sender knows a key that all agents share, and nothing about which of them it is.
 */
export function verifyOriginalAgent(
  apiKeys: readonly string[],
  integrity: string | undefined,
  body: Uint8Array,
): boolean {
  if (integrity === undefined || !bytesOf64.test(integrity)) return false;
  const claimed = Buffer.from(integrity, 'base64url');
  return apiKeys.some((apiKey) => timingSafeEqual(claimed, createHmac('sha512', apiKey).update(body).digest()));
}

const size = z.number().nonnegative();

const originalFilesystem = z
  .object({ Path: z.string().min(1).max(4096), Size: size, Used: size, Free: size, Pct: z.number().nonnegative() })
  // Go turns 0/0 into an arbitrary whole number; a filesystem without blocks cannot fill up.
  .transform((filesystem) => (filesystem.Size === 0 ? { ...filesystem, Pct: 0 } : filesystem))
  .refine((filesystem) => filesystem.Pct <= 100, { path: ['Pct'], message: 'must not be above 100' });

/** The bounds are those of `heartbeatSchema`. Unknown keys, `Last Updated` among them, are ignored. */
const originalStatus = z.object({
  Kernel: z.string().max(256).optional(),
  OS: z.string().max(64).optional(),
  name: z.string().optional(),
  Filesystems: z.array(originalFilesystem).max(256).nullish(),
});

type OriginalStatus =
  | {
      readonly kind: 'parsed';
      /** The host's own name for itself, which its agent also puts into the path; null when it gave none. */
      readonly name: string | null;
      readonly facts: HostFacts;
    }
  | { readonly kind: 'malformed'; readonly field: string; readonly detail: string };

/**
 * Reads an original agent's body into the facts of a heartbeat.
 * @returns `malformed` with the field at fault as `Filesystems[0].Pct`, or '' when the body is no JSON object.
 */
export function parseOriginalStatus(body: Uint8Array): OriginalStatus {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return { kind: 'malformed', field: '', detail: 'the body is not JSON' };
  }
  const parsed = originalStatus.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = fieldOf(issue?.path ?? []);
    return {
      kind: 'malformed',
      field,
      detail: `${field === '' ? 'the body' : field}: ${issue?.message ?? 'is wrong'}`,
    };
  }
  const { Kernel, OS, name, Filesystems } = parsed.data;
  const facts: HostFacts = {};
  if (OS) facts.os = OS.toLowerCase();
  if (Kernel) facts.kernel = Kernel;
  if (Filesystems) {
    facts.filesystems = Filesystems.map(({ Path, Size, Used, Free, Pct }) => ({
      path: Path,
      size: Size,
      used: Used,
      free: Free,
      percent: Pct,
    }));
  }
  return { kind: 'parsed', name: name ?? null, facts };
}

/** `['Filesystems', 0, 'Pct']` → `Filesystems[0].Pct`. */
function fieldOf(path: readonly PropertyKey[]): string {
  let field = '';
  for (const step of path) {
    if (typeof step === 'number') field += `[${step}]`;
    else field += field === '' ? String(step) : `.${String(step)}`;
  }
  return field;
}
