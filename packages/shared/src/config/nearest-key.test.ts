import { describe, expect, it } from 'vitest';
import { nearestKey } from './nearest-key.ts';
import { keyPaths } from './schema/sections.ts';

describe('an unknown key', () => {
  it.each<[string, string, string | undefined]>([
    ['api_urll', '', 'api_url'],
    ['api_lsiten', '', 'api_listen'],
    ['apiListen', '', 'api_listen'],
    ['API-URL', '', 'api_url'],
    ['email_recipient', '', 'email_recipients'],
    ['emailserver', '', 'email_server'],
    ['reids', '', 'redis'],
    ['redis_pasword', '', 'redis_password'],
    ['mod', 'auth', 'auth.mode'],
    ['excludes', 'agent.filesystems', 'agent.filesystems.exclude'],
    // The very name of a key of another section.
    ['interval', '', 'agent.interval'],
    ['mode', '', 'auth.mode'],
    ['api_key', 'agent', 'api_key'],
    ['network', 'agent', 'agent.filesystems.network'],
    // Nothing is near.
    ['kubernetes', '', undefined],
    ['intervall', '', undefined],
    ['x', '', undefined],
    ['', '', undefined],
    ['<<', '', undefined],
    ['__proto__', '', undefined],
    ['api_url'.repeat(100_000), '', undefined],
  ])('%.20s in section "%s" is taken for %s', (unknown, section, meant) => {
    expect(nearestKey(unknown, section, keyPaths)).toBe(meant);
  });
});
