import { isMapping, type Mapping } from '../document.ts';
import type { Path } from '../fault.ts';
import { nearestKey } from '../nearest-key.ts';
import { isBlank, type Reading } from '../section.ts';
import { agentFilesystemKeys, agentKeys } from './agent.ts';
import { alertingKeys, flappingKeys, isSwitchedOff, massSilenceKeys, switchableSections } from './alerting.ts';
import { apiAddressKeys } from './api.ts';
import { apiKeyKeys } from './api-key.ts';
import { authKeys, authProxyKeys } from './auth.ts';
import { emailKeys } from './email.ts';
import { processKeys } from './process.ts';
import { redisKeys } from './redis.ts';

/** Every section by its path, with the names of its keys; the top level is the one without a name. */
const sections: ReadonlyMap<string, readonly string[]> = new Map([
  [
    '',
    [
      ...Object.keys({
        ...redisKeys,
        ...apiKeyKeys,
        ...apiAddressKeys,
        ...alertingKeys,
        ...emailKeys,
        ...processKeys,
      }),
      'mass_silence',
      'flapping',
      'auth',
      'agent',
    ],
  ],
  ['mass_silence', Object.keys(massSilenceKeys)],
  ['flapping', Object.keys(flappingKeys)],
  ['auth', [...Object.keys(authKeys), 'proxy']],
  ['auth.proxy', Object.keys(authProxyKeys)],
  ['agent', [...Object.keys(agentKeys), 'filesystems']],
  ['agent.filesystems', Object.keys(agentFilesystemKeys)],
]);

/** The whole path of every key: `redis`, `agent.interval`. */
export const keyPaths: readonly string[] = [...sections].flatMap(([section, names]) =>
  names.map((name) => (section === '' ? name : `${section}.${name}`)),
);

const mostSuggestions = 100;

/** Finds keys that are none, and values where a section belongs. */
export function refuseUnknownKeys(reading: Reading): void {
  let suggestions = 0;
  refuseIn(reading.document.root, []);

  function refuseIn(mapping: Mapping, path: Path): void {
    const section = path.join('.');
    const known = sections.get(section) ?? [];
    for (const [name, tree] of Object.entries(mapping)) {
      const here = [...path, name];
      if (!known.includes(name)) {
        // Who has more wrong keys than this gave the wrong file.
        const nearest = ++suggestions > mostSuggestions ? undefined : nearestKey(name, section, keyPaths);
        reading.fault(here, `is no key that is known here${nearest === undefined ? '' : `: did you mean ${nearest}?`}`);
      } else if (sections.has(here.join('.')) && !isBlank(tree)) {
        if (isMapping(tree)) refuseIn(tree, here);
        else if (switchableSections.includes(name) && here.length === 1) {
          if (!isSwitchedOff(reading, name)) reading.fault(here, 'must be false, or have its keys below it, indented');
        } else reading.fault(here, 'must have its keys below it, indented');
      }
    }
  }
}

/**
 * As much of a path as may be shown: below a key that is no section stands a value, and what reads as a
 * key there (`redis_password: {foo: bar}`) may be a piece of a secret. The names of labels are none.
 */
export function shownPath(path: Path): Path {
  const sets = ['id', 'secret', 'secret_file'];
  const end = path.findIndex((part, index) => {
    if (index === 0 || typeof part === 'number') return false;
    const above = path.slice(0, index);
    if (sections.has(above.join('.')) || above.join('.') === 'agent.labels') return false;
    return !(path[0] === 'api_key' && index === 2 && sets.includes(part));
  });
  return end === -1 ? path : path.slice(0, end);
}
