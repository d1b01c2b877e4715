/** From file and environment to a `Config`, or to everything that is wrong. */
import type { Config } from './config.ts';
import { type ConfigDocument, emptyMapping, readDocument } from './document.ts';
import { overridesFrom } from './environment.ts';
import { type ConfigFault, formatPath, type Path } from './fault.ts';
import { type FoundFile, findConfigFile } from './file.ts';
import { readAgent } from './schema/agent.ts';
import { readAlerting } from './schema/alerting.ts';
import { readApi } from './schema/api.ts';
import { readApiKeys } from './schema/api-key.ts';
import { readAuth } from './schema/auth.ts';
import { readEmail } from './schema/email.ts';
import { readHeroku } from './schema/heroku.ts';
import { readLimits } from './schema/limits.ts';
import { readProcess } from './schema/process.ts';
import { readReceivers } from './schema/receivers.ts';
import { readRedis } from './schema/redis.ts';
import { readRetention } from './schema/retention.ts';
import { readRoutes } from './schema/routes.ts';
import { readRules } from './schema/rules.ts';
import { refuseUnknownKeys, shownPath } from './schema/sections.ts';
import { readSelfWatch } from './schema/self-watch.ts';
import { readSlackApp } from './schema/slack.ts';
import { readTimezone } from './schema/timezone.ts';
import { Secret } from './secret.ts';
import type { Reading } from './section.ts';

export type LoadedConfig =
  | { readonly kind: 'loaded'; readonly config: Config; readonly warnings: readonly ConfigFault[] }
  /** `file` as it was named; null when no file took part. */
  | { readonly kind: 'faulty'; readonly file: string | null; readonly faults: readonly ConfigFault[] };

export interface LoadOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What relative paths are relative to, and where `config.yaml` is looked for last. */
  readonly cwd: string;
  /** A file that must be there; it goes before `$CONFIG_FILE` and the usual places. */
  readonly file?: string;
}

/** Nobody reads more; a file that is no configuration at all would give one for each of its lines. */
const mostFaults = 100;

/**
 * Finds, reads and checks the configuration: `options.file`, else `$CONFIG_FILE`, else
 * `/etc/healthapp/config.yaml`, `/usr/local/healthapp/config.yaml`, `config.yaml` in `cwd`, else defaults;
 * environment variables override the file. Reads files of secrets too. Never throws for what they hold.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  return readConfig(options, findConfigFile(options));
}

/** As `loadConfig`, of what was found. */
export function readConfig(options: LoadOptions, found: FoundFile): LoadedConfig {
  if (found.kind === 'faulty') {
    const { file, variable, message } = found;
    const fault: ConfigFault =
      variable === null
        ? { file, line: null, key: '', message: `the configuration file ${message}` }
        : { file: null, line: null, key: variable, message: `${file} ${message}` };
    return { kind: 'faulty', file, faults: [fault] };
  }
  const file = found.kind === 'found' ? found.file : null;
  const document = found.kind === 'found' ? readDocument(found.text) : nothing;
  const faults: ConfigFault[] = [];
  const warnings: ConfigFault[] = [];
  const overrides = overridesFrom(options.env);

  function placed(path: Path, message: string): ConfigFault {
    for (const [at] of path.entries()) {
      const variable = overrides.get(path.slice(0, at + 1).join('.'))?.variable;
      if (variable === undefined) continue;
      return { file: null, line: null, key: formatPath([variable, ...path.slice(at + 1)]), message };
    }
    return { file, line: document.lineOf(path), key: formatPath(shownPath(path)), message };
  }
  const reading: Reading = {
    document,
    env: options.env,
    overrides,
    folder: found.kind === 'found' ? found.folder : options.cwd,
    fault: (path, message) => faults.push(placed(path, message)),
    variableFault: (variable, message) => faults.push({ file: null, line: null, key: variable, message }),
    contradiction(path, message) {
      if (document.sound) faults.push(placed(path, message));
    },
    warn: (path, message) => warnings.push(placed(path, message)),
  };

  for (const { path, line, message } of document.faults) {
    // What stands below a value is told there: that it must be one text.
    if (shownPath(path).length < path.length) continue;
    faults.push({ file, line, key: formatPath(path), message });
  }
  refuseUnknownKeys(reading);
  const auth = readAuth(reading);
  const { recipients, ...email } = readEmail(reading);
  const receivers = readReceivers(reading, { ...email, recipients });
  const timezone = readTimezone(reading);
  const rules = readRules(reading, { receivers });
  const config: Config = {
    file,
    ...readRedis(reading),
    apiKeys: readApiKeys(reading),
    ...readApi(reading, auth.mode),
    ...readAlerting(reading),
    email,
    receivers,
    timezone,
    routes: readRoutes(reading, { receivers, timezone }),
    ...rules,
    retention: readRetention(reading),
    ...readProcess(reading),
    ...readLimits(reading),
    auth,
    agent: readAgent(reading),
    slack: readSlackApp(reading),
    heroku: readHeroku(reading, rules.rules),
    ...readSelfWatch(reading),
  };
  if (faults.length > 0) return { kind: 'faulty', file, faults: inOrder(faults, file) };
  return { kind: 'loaded', config: deepFreeze(config), warnings: inOrder(warnings, file) };
}

const nothing: ConfigDocument = { root: emptyMapping, sound: true, faults: [], lineOf: () => null };

/** The environment's first, then by line. */
function inOrder(faults: readonly ConfigFault[], file: string | null): readonly ConfigFault[] {
  const sorted = [...faults].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const more = sorted.length - mostFaults;
  if (more <= 0) return sorted;
  return [...sorted.slice(0, mostFaults), { file, line: null, key: '', message: `and ${more} faults more` }];
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
