import { isUserName, roles } from '../../domain/access.ts';
import type { Config } from '../config.ts';
import { isMapping } from '../document.ts';
import { Secret } from '../secret.ts';
import { openSection, type Reading } from '../section.ts';
import { network } from './address.ts';
import { boolean, duration, list, oneOf, textAs } from './value.ts';

const userName = textAs(
  (value) => (isUserName(value) ? value : undefined),
  'must be 1 to 128 characters of A-Z a-z 0-9 . _ @ + -, a letter or digit first',
);

export const authKeys = {
  mode: oneOf('none', 'sign-in'),
  accept_original_agents: boolean,
  session_idle: duration(),
  session_absolute: duration(),
};

export const authProxyKeys = {
  header: textAs(
    (value) => (/^[A-Za-z0-9-]{1,100}$/.test(value) ? value.toLowerCase() : undefined),
    'must be the name of a header, such as X-Remote-User',
  ),
  from: list(network),
  role: oneOf(...roles),
  operators: list(userName),
};

const defaultIdleMs = 12 * 3_600_000;
const defaultAbsoluteMs = 7 * 86_400_000;

export function readAuth(reading: Reading): Config['auth'] {
  const section = openSection(reading, ['auth'], authKeys);
  const sessionIdleMs = section.value('session_idle') ?? defaultIdleMs;
  const sessionAbsoluteMs = section.value('session_absolute') ?? Math.max(defaultAbsoluteMs, sessionIdleMs);
  if (sessionAbsoluteMs < sessionIdleMs && section.given('session_idle')) {
    section.contradiction('session_absolute', 'must not be below session_idle, which would then never hold');
  }
  return {
    mode: section.value('mode') ?? 'sign-in',
    given: section.given('mode'),
    acceptOriginalAgents: section.value('accept_original_agents') ?? false,
    sessionIdleMs: Math.min(sessionIdleMs, sessionAbsoluteMs),
    sessionAbsoluteMs,
    proxy: readProxy(reading, section.value('mode')),
    firstOperator: readFirstOperator(reading),
  };
}

function readProxy(reading: Reading, mode: Config['auth']['mode'] | undefined): Config['auth']['proxy'] {
  const { root } = reading.document;
  const auth = isMapping(root) ? root.auth : undefined;
  if (!isMapping(auth) || !isMapping(auth.proxy)) return null;
  const section = openSection(reading, ['auth', 'proxy'], authProxyKeys);
  for (const needed of ['header', 'from'] as const) {
    if (!section.given(needed)) section.contradiction(needed, 'is missing: auth.proxy needs header and from');
  }
  if (mode === 'none') section.contradiction('header', 'means nothing with auth.mode: none, where nobody signs in');
  return {
    header: section.value('header') ?? '',
    from: section.value('from') ?? [],
    role: section.value('role') ?? 'viewer',
    operators: section.value('operators') ?? [],
  };
}

/** The seeds' names for it, and our own, which go before. */
const firstOperatorVariables = [
  ['HEALTHAPP_ADMIN_USER', 'HEALTHAPP_ADMIN_PASSWORD'],
  ['DJANGO_SUPERUSER_USERNAME', 'DJANGO_SUPERUSER_PASSWORD'],
] as const;

function readFirstOperator(reading: Reading): Config['auth']['firstOperator'] {
  for (const [userVariable, passwordVariable] of firstOperatorVariables) {
    const user = reading.env[userVariable]?.trim() ?? '';
    const password = reading.env[passwordVariable] ?? '';
    if (user === '' && password === '') continue;
    if (user === '' || password === '') {
      const [missing, other] = user === '' ? [userVariable, passwordVariable] : [passwordVariable, userVariable];
      reading.variableFault(missing, `is missing: ${other} is set, and the first operator needs both`);
      return null;
    }
    const read = userName.safeParse(user);
    for (const issue of read.error?.issues ?? []) reading.variableFault(userVariable, issue.message);
    return read.success ? { user: read.data, password: new Secret(password) } : null;
  }
  return null;
}
