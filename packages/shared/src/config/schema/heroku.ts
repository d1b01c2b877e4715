import * as z from 'zod';
import type { AppEventKind } from '../../domain/app-event.ts';
import { appEventKindNames } from '../../domain/app-event.ts';
import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { httpUrl, isLoopback } from './address.ts';
import { duration, list, longestTimerMs, oneOf, secretText, text, textAs, whole } from './value.ts';

/** As Heroku's Platform API schema says: `app`, `name`. */
const appName = textAs(
  (value) => (/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/.test(value) ? value : undefined),
  "must be an app's name: 3 to 30 lower-case letters, digits and -, a letter first",
);

/** `all`, or a list of names. */
const apps = z.unknown().transform((tree, context): readonly string[] | 'all' => {
  if (typeof tree === 'string' && tree.trim() === 'all') return 'all';
  const result = list(appName).safeParse(tree);
  for (const { path, message } of result.error?.issues ?? []) {
    context.addIssue({ code: 'custom', path, message: path.length === 0 ? `${message}; or be "all"` : message });
  }
  return result.success ? [...new Set(result.data)] : z.NEVER;
});

const dynoState = textAs(
  (value) => (/^[a-z][a-z_-]{0,63}$/.test(value) ? value : undefined),
  "must be a dyno's state, such as crashed, down, idle",
);

export const herokuKeys = {
  api_key: secretText,
  api_key_file: text,
  api_url: httpUrl({ query: false }),
  apps,
  interval: duration(longestTimerMs),
  bad_states: list(dynoState),
  restarting_grace: duration(longestTimerMs),
  events: list(oneOf(...(appEventKindNames as [AppEventKind, ...AppEventKind[]]))),
  recent_log_lines: whole(0, 100),
  logs: oneOf('follow', 'drain'),
};

const platformUrl = 'https://api.heroku.com';

/** @param rules what they want done needs the key too. */
export function readHeroku(reading: Reading, rules: Config['rules']): Config['heroku'] {
  const section = openSection(reading, ['heroku'], herokuKeys);
  const apiKey = section.secret('api_key');
  const apiUrl = section.value('api_url') ?? platformUrl;
  const watched = section.value('apps') ?? [];
  const intervalMs = section.value('interval') ?? 60_000;
  // HEROKU_API_KEY alone is no wish: whoever works with Heroku's own command line may have it set.
  const keyInFile = !reading.overrides.has('heroku.api_key') && apiKey !== null;
  const rulesAct = rules.some(({ action }) => action !== 'none');
  if (keyInFile && watched.length === 0 && !section.given('apps') && !rulesAct) {
    const name = section.given('api_key_file') ? 'api_key_file' : 'api_key';
    section.warn(
      name,
      'without heroku.apps serves the actions of rules alone: name the apps to watch there, or write "all"',
    );
  }
  if (intervalMs < shortestIntervalMs) {
    section.contradiction(
      'interval',
      `must not be below ${shortestIntervalMs / 1000} s: Heroku allows 4,500 requests an hour`,
    );
  }
  const { protocol, hostname } = new URL(apiUrl);
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
    section.warn('api_url', 'is not encrypted: anybody on the way can read the API key; write https://');
  }
  return {
    apiKey,
    apiUrl,
    apps: watched,
    intervalMs,
    badStates: section.value('bad_states') ?? ['crashed', 'down'],
    restartingGraceMs: section.value('restarting_grace') ?? 120_000,
    events: section.value('events') ?? appEventKindNames,
    recentLogLines: section.value('recent_log_lines') ?? 10,
    logs: section.value('logs') ?? 'follow',
  };
}

const shortestIntervalMs = 1000;
