import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { boolean, oneOf } from './value.ts';

export const authKeys = {
  mode: oneOf('none', 'sign-in'),
  accept_original_agents: boolean,
};

export function readAuth(reading: Reading): Config['auth'] {
  const section = openSection(reading, ['auth'], authKeys);
  return {
    mode: section.value('mode') ?? 'sign-in',
    given: section.given('mode'),
    acceptOriginalAgents: section.value('accept_original_agents') ?? false,
  };
}
