import { describe, expect, it } from 'vitest';
import { installCommand, systemFacts } from './install-hint.ts';

describe('the command that installs a Redis server', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"\n', 'sudo apt-get install redis-server'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install redis-server'],
    ['ID=fedora\nVERSION_ID=42\n', 'sudo dnf install valkey'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n', 'sudo dnf install redis'],
    ['ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="10.0"\n', 'sudo dnf install valkey'],
    ['ID=alpine\nVERSION_ID=3.22.0\n', 'sudo apk add redis'],
    ['ID=manjaro\nID_LIKE=arch\n', 'sudo pacman -S valkey'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n', 'sudo zypper install redis'],
    ['ID=nixos\n', 'nix-shell -p valkey'],
    ['ID=unheard-of\n', undefined],
    ['', undefined],
  ])('for %j is %j', (osRelease, command) => {
    expect(installCommand(systemFacts('linux', osRelease, false))).toBe(command);
  });

  it('needs no sudo for root', () => {
    expect(installCommand(systemFacts('linux', 'ID=debian\n', true))).toBe('apt-get install redis-server');
  });

  it('is known for macOS and FreeBSD too, and for Windows is none', () => {
    expect(installCommand(systemFacts('darwin', '', false))).toBe('brew install redis');
    expect(installCommand(systemFacts('freebsd', '', false))).toBe('sudo pkg install redis');
    expect(installCommand(systemFacts('win32', '', false))).toBeUndefined();
  });
});
