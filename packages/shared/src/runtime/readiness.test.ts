import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellReady } from './readiness.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readiness-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What was warned of while `systemd-notify` was the given shell script, or missing. */
async function told(env: NodeJS.ProcessEnv, script?: string): Promise<string[]> {
  if (script !== undefined) writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const warnings: string[] = [];
  await tellReady({ PATH: folder, ...env }, (text) => warnings.push(text));
  return warnings;
}

describe('telling systemd that a service is ready', () => {
  it('is nothing where nobody waits for it', async () => {
    expect(await told({}, 'exit 1')).toEqual([]);
    expect(await told({ NOTIFY_SOCKET: '' }, 'exit 1')).toEqual([]);
  });

  it('hands the message and the socket to systemd-notify', async () => {
    const heard = join(folder, 'heard');
    expect(await told({ NOTIFY_SOCKET: '/run/n' }, `echo "$NOTIFY_SOCKET $*" > '${heard}'`)).toEqual([]);
    const { stdout } = await promisify(execFile)('cat', [heard]);
    expect(stdout).toBe('/run/n --ready\n');
  });

  it('says why it could not be done, and goes on', async () => {
    expect(await told({ NOTIFY_SOCKET: '/run/n' })).toEqual([
      'systemd was not told that this service is ready: spawn systemd-notify ENOENT',
    ]);
    expect(await told({ NOTIFY_SOCKET: '/run/n' }, 'echo Connection refused >&2; exit 1')).toEqual([
      'systemd was not told that this service is ready: Connection refused',
    ]);
  });
});
