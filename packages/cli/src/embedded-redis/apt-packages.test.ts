import { describe, expect, it } from 'vitest';
import { aptFault, fetchedBytes } from './apt-packages.ts';
import { candidateVersion, recentEnough, serverVersion } from './redis-version.ts';

describe('what apt says', () => {
  it('is summed over several runs', () => {
    expect(fetchedBytes('Fetched 9415 kB in 1s (10.3 MB/s)\nReading …\nFetched 1,351 kB in 0s (75.8 MB/s)\n')).toBe(
      10_766_000,
    );
    expect(fetchedBytes('Fetched 35.4 MB in 6s (5,899 kB/s)\n')).toBe(35_400_000);
    expect(fetchedBytes('Hit:1 http://deb.debian.org/debian bookworm InRelease\n')).toBe(0);
  });

  it('names its first fault, an error before a failed download', () => {
    expect(aptFault('W: Failed to fetch http://a/b  Temporary failure\nE: Unable to locate package x\n')).toBe(
      'Unable to locate package x',
    );
    expect(aptFault('W: Failed to fetch http://a/b  Temporary failure\n')).toBe(
      'Failed to fetch http://a/b  Temporary failure',
    );
    expect(aptFault('Reading package lists...\n')).toBeUndefined();
  });
});

describe('the version of a server', () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=c1a6acc6c9d2d4f4', '7.0.15'],
    ['Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '8.1.1'],
    ['memcached 1.6.18', undefined],
  ])('is read from %j', (text, version) => {
    expect(serverVersion(text)).toBe(version);
  });

  it.each([
    ['redis-server:\n  Installed: (none)\n  Candidate: 5:7.0.15-1~deb12u10\n', '7.0.15'],
    ['valkey-server:\n  Installed: (none)\n  Candidate: 8.1.1+dfsg1-3\n', '8.1.1'],
    ['redis-server:\n  Installed: (none)\n  Candidate: (none)\n', undefined],
    ['', undefined],
  ])('is read from the policy %j', (policy, version) => {
    expect(candidateVersion(policy)).toBe(version);
  });

  it.each([
    ['6.0.16', false],
    ['6.2.0', true],
    ['7.0.15', true],
    ['10.1.0', true],
    ['5.9.9', false],
  ])('%s is recent enough: %s', (version, enough) => {
    expect(recentEnough(version)).toBe(enough);
  });
});
