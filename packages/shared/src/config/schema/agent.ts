import { resolve } from 'node:path';
import * as z from 'zod';
import { isServerName } from '../../domain/server.ts';
import type { Config } from '../config.ts';
import { isMapping, type Mapping } from '../document.ts';
import { openSection, type Reading, treeAt } from '../section.ts';
import { keySetId } from './api-key.ts';
import { readChecks } from './checks.ts';
import { boolean, duration, list, longestTimerMs, secretText, text, textAs, whole } from './value.ts';

const mostLabels = 64;

/** Names that a filter in a URL can hold as they are; `__proto__` and its like are none. */
const labelName = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,63}$/;

const labels = z.custom<Mapping>(isMapping, 'must be names with their values below it').transform((tree, context) => {
  const entries: [string, string][] = [];
  const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [name, value] of Object.entries(tree)) {
    const read = z
      .string()
      .max(256)
      .pipe(text)
      .safeParse(value ?? '');
    if (!labelName.test(name)) {
      fault([name], 'a label must be named with 1 to 64 letters, digits, . _ / or -, a letter or digit first');
    }
    if (!read.success) fault([name], 'must be one line of at most 256 characters');
    entries.push([name, read.data ?? '']);
  }
  if (entries.length > mostLabels) fault([], `must be at most ${mostLabels} labels`);
  return Object.fromEntries(entries);
});

/** Base64 of exactly 32 bytes, in the one form that encodes them: a mistyped last letter is found too. */
const hostKey = secretText.refine((secret) => {
  const bytes = Buffer.from(secret.reveal(), 'base64');
  return bytes.length === 32 && bytes.toString('base64') === secret.reveal();
}, 'must be base64 of 32 bytes, as "healthapp key SERVER" prints it');

export const agentKeys = {
  name: textAs(
    (value) => (isServerName(value) ? value : undefined),
    'must be 1 to 253 characters of A-Z a-z 0-9 . _ : -',
  ),
  interval: duration(longestTimerMs),
  grace: duration(),
  labels,
  key: hostKey,
  key_file: text,
  key_set: keySetId,
  generation: whole(0, 1_000_000_000),
  ca_file: text,
};

export const agentFilesystemKeys = {
  exclude: list(text.min(1, 'must be a path or glob, not empty')),
  network: boolean,
};

export function readAgent(reading: Reading): Config['agent'] {
  const section = openSection(reading, ['agent'], agentKeys);
  const filesystems = openSection(reading, ['agent', 'filesystems'], agentFilesystemKeys);
  const intervalMs = section.value('interval') ?? 30_000;
  const graceMs = section.value('grace') ?? null;
  const intervalSound = !section.given('interval') || section.value('interval') !== undefined;
  if (graceMs !== null && intervalSound && graceMs < intervalMs) {
    section.contradiction(
      'grace',
      `must not be below agent.interval (${intervalMs / 1000} s): every heartbeat would come too late`,
    );
  }
  const caFile = section.value('ca_file');
  return {
    name: section.value('name') ?? null,
    intervalMs,
    graceMs,
    labels: section.value('labels') ?? {},
    key: readHostKey(reading, section.secret('key'), section.given('key_file')),
    keySet: section.value('key_set') ?? null,
    generation: section.value('generation') ?? 0,
    caFile: caFile === undefined ? null : resolve(reading.folder, caFile),
    filesystems: {
      exclude: filesystems.value('exclude') ?? [],
      network: filesystems.value('network') ?? false,
    },
    checks: readChecks(reading, treeAt(reading.document.root, ['agent', 'checks'])),
  };
}

/** A key from a file is checked as one in the configuration is. */
function readHostKey(reading: Reading, key: Config['agent']['key'], fromFile: boolean): Config['agent']['key'] {
  if (key === null || !fromFile) return key;
  const result = hostKey.safeParse(key.reveal());
  for (const issue of result.error?.issues ?? []) reading.fault(['agent', 'key_file'], `its content ${issue.message}`);
  return key;
}
