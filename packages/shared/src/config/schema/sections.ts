import { isMapping, type Mapping, type Tree } from '../document.ts';
import type { Path } from '../fault.ts';
import { nearestKey } from '../nearest-key.ts';
import { isBlank, type Reading } from '../section.ts';
import { agentFilesystemKeys, agentKeys } from './agent.ts';
import { alertingKeys, flappingKeys, isSwitchedOff, massSilenceKeys, switchableSections } from './alerting.ts';
import { apiAddressKeys } from './api.ts';
import { apiKeyKeys } from './api-key.ts';
import { authKeys, authProxyKeys } from './auth.ts';
import { checkSections } from './checks.ts';
import { emailKeys } from './email.ts';
import { herokuKeys } from './heroku.ts';
import { limitKeys } from './limits.ts';
import { processKeys } from './process.ts';
import { receiverSections } from './receiver.ts';
import { redisKeys } from './redis.ts';
import { retentionKeys } from './retention.ts';
import { routeSections } from './routes.ts';
import { cooldownKeys, ruleSections, rulesTopKeys } from './rules.ts';
import { deadmanKeys, metricsKeys } from './self-watch.ts';
import { slackAppKeys } from './slack.ts';
import { timezoneKeys } from './timezone.ts';

/** Every section by its path, with the names of its keys: the top level has no name, `[]` stands for each of a list. */
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
        ...limitKeys,
        ...timezoneKeys,
        ...rulesTopKeys,
      }),
      'mass_silence',
      'flapping',
      'retention',
      'auth',
      'agent',
      'receivers',
      'routes',
      'slack',
      'rules',
      'cooldowns',
      'heroku',
      'metrics',
      'deadman',
    ],
  ],
  ['mass_silence', Object.keys(massSilenceKeys)],
  ['flapping', Object.keys(flappingKeys)],
  ['auth', [...Object.keys(authKeys), 'proxy']],
  ['auth.proxy', Object.keys(authProxyKeys)],
  ['retention', Object.keys(retentionKeys)],
  ['agent', [...Object.keys(agentKeys), 'filesystems', 'checks']],
  ['metrics', Object.keys(metricsKeys)],
  ['deadman', Object.keys(deadmanKeys)],
  ['agent.filesystems', Object.keys(agentFilesystemKeys)],
  ...checkSections,
  ...receiverSections,
  ...routeSections,
  ['slack', Object.keys(slackAppKeys)],
  ...ruleSections,
  ['cooldowns', Object.keys(cooldownKeys)],
  ['heroku', Object.keys(herokuKeys)],
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
    const section = sectionAt(path);
    const known = sections.get(section) ?? [];
    for (const [name, tree] of Object.entries(mapping)) {
      const here = [...path, name];
      if (!known.includes(name)) {
        // Who has more wrong keys than this gave the wrong file.
        const nearest = ++suggestions > mostSuggestions ? undefined : nearestKey(name, section, keyPaths);
        reading.fault(here, `is no key that is known here${nearest === undefined ? '' : `: did you mean ${nearest}?`}`);
      } else if (sections.has(sectionAt([...here, 0])) && !isBlank(tree)) {
        refuseInList(tree, here);
      } else if (sections.has(sectionAt(here)) && !isBlank(tree)) {
        if (isMapping(tree)) refuseIn(tree, here);
        else if (switchableSections.includes(name) && here.length === 1) {
          if (!isSwitchedOff(reading, name)) reading.fault(here, 'must be false, or have its keys below it, indented');
        } else reading.fault(here, 'must have its keys below it, indented');
      }
    }
  }

  function refuseInList(tree: Tree, path: Path): void {
    if (!Array.isArray(tree)) {
      reading.fault(path, 'must be a list: each on a line of its own after "- "');
      return;
    }
    for (const [index, item] of tree.entries()) {
      if (isMapping(item)) refuseIn(item, [...path, index]);
      else reading.fault([...path, index], 'must have its keys after "- ", each on a line of its own');
    }
  }
}

/** `receivers[].slack` of `receivers`, 2, `slack`. */
function sectionAt(path: Path): string {
  return path.reduce<string>((above, part) => {
    if (typeof part === 'number') return `${above}[]`;
    return above === '' ? part : `${above}.${part}`;
  }, '');
}

/** Where users name the keys. */
const namedByUsers: readonly string[] = ['agent.labels', 'receivers[].options', 'routes[].label'];

/**
 * As much of a path as may be shown: below a key that is no section stands a value, and what reads as a
 * key there (`redis_password: {foo: bar}`) may be a piece of a secret. The names that users give are none.
 */
export function shownPath(path: Path): Path {
  const sets = ['id', 'secret', 'secret_file'];
  const end = path.findIndex((part, index) => {
    if (index === 0 || typeof part === 'number') return false;
    const above = path.slice(0, index);
    const section = sectionAt(above);
    if (sections.has(section) || namedByUsers.includes(section)) return false;
    return !(path[0] === 'api_key' && index === 2 && sets.includes(part));
  });
  return end === -1 ? path : path.slice(0, end);
}
