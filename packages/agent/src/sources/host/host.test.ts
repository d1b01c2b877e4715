import { readFileSync } from 'node:fs';
import { heartbeatSchema } from '@healthapp/shared/wire/heartbeat';
import { describe, expect, it } from 'vitest';
import { keptLog } from '../../testing/options-for-tests.ts';
import { createHostSource } from './host.ts';
import { memoryIn, usedMemoryIn } from './memory.ts';
import { macosVersionIn, prettyNameIn } from './platform.ts';

describe('the name of a platform', () => {
  it.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian"', 'Debian GNU/Linux 12 (bookworm)'],
    ["NAME=x\nPRETTY_NAME='Alpine Linux v3.20'\n", 'Alpine Linux v3.20'],
    ['PRETTY_NAME=Plain', 'Plain'],
    ['PRETTY_NAME="The \\"best\\" \\$ystem"', 'The "best" $ystem'],
    ['PRETTY_NAME=""', ''],
    ['PRETTY_NAME=', undefined],
    ['NAME=x', undefined],
  ])('in %j', (text, name) => {
    expect(prettyNameIn(text)).toBe(name);
  });

  it('of macOS is read from its property list', () => {
    const plist = `<plist version="1.0"><dict>
      <key>ProductBuildVersion</key>\n<string>24B83</string>
      <key>ProductName</key>\n\t<string>macOS</string>
      <key>ProductVersion</key>\n\t<string>15.1</string></dict></plist>`;
    expect(macosVersionIn(plist)).toBe('macOS 15.1');
    expect(macosVersionIn('')).toBeUndefined();
  });
});

describe('memory in use', () => {
  it('is what Linux calls not available', () => {
    const text = 'MemTotal:        8000 kB\nMemFree:          100 kB\nMemAvailable:    6000 kB\nCached: 5000 kB\n';
    expect(memoryIn(text)).toEqual({ total: 8_192_000, used: 2_048_000 });
    expect(memoryIn('MemTotal: 8000 kB\nMemFree: 100 kB\n')).toBeUndefined();
  });

  it('on macOS is active, wired and compressed', () => {
    const text = [
      'Mach Virtual Memory Statistics: (page size of 16384 bytes)',
      'Pages free:                               10000.',
      'Pages active:                            200000.',
      'Pages inactive:                          190000.',
      'Pages wired down:                        100000.',
      '"Translation faults":                 123456789.',
      'Pages occupied by compressor:             50000.',
    ].join('\n');
    expect(usedMemoryIn(text)).toBe(350_000 * 16_384);
    expect(usedMemoryIn('no such thing')).toBeUndefined();
  });
});

describe('this host', () => {
  it('gives facts that the API takes, at once', async () => {
    const source = createHostSource({
      intervalMs: 30_000,
      filesystems: { exclude: [], network: false },
      logger: keptLog().logger,
    });
    await source.start();
    const begun = performance.now();
    const facts = source.observe();
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(source.stuck()).toBe(false);
    const { host, bootId } = heartbeatSchema.parse({ sentAt: 1, interval: 30, ...facts });
    expect(host).toMatchObject({ os: process.platform, arch: process.arch });
    expect(host?.load).toHaveLength(3);
    expect(host?.memory?.used).toBeGreaterThan(0);
    expect(host?.memory?.used).toBeLessThan(host?.memory?.total ?? 0);
    expect(host?.filesystems?.length).toBeGreaterThan(0);
    if (process.platform === 'linux') {
      expect(bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    }
    await source.close();
  });
});
