import { describe, expect, it } from 'vitest';
import { type ConfigFault, formatFault, formatPath } from './fault.ts';

describe('a path', () => {
  it.each<[(string | number)[], string]>([
    [['redis'], 'redis'],
    [['receivers', 2, 'slack'], 'receivers[2].slack'],
    [['agent', 'labels', 'a-b'], 'agent.labels.a-b'],
    [['agent', 'labels', 'a.b'], 'agent.labels."a.b"'],
    [[''], '""'],
    [[], ''],
    [['a\nb'], '"a\\nb"'],
    [['\u001b[31m'], '"\\u001b[31m"'],
    [['a\u202eb\u007f\u2028'], '"a\\u{202e}b\\u{7f}\\u{2028}"'],
    [['x'.repeat(1000)], `"${'x'.repeat(60)}…"`],
  ])('%j reads %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe('a fault', () => {
  it.each<[ConfigFault, string]>([
    [
      { file: 'config.yaml', line: 41, key: 'receivers[2].slack', message: 'give url or url_file, not both' },
      'receivers[2].slack: give url or url_file, not both (config.yaml:41)',
    ],
    [
      { file: 'config.yaml', line: null, key: '', message: 'the configuration file does not exist' },
      'the configuration file does not exist (config.yaml)',
    ],
    [{ file: null, line: null, key: 'PORT', message: 'must be a port' }, 'PORT: must be a port (environment)'],
    [
      { file: 'a\nb.yaml', line: 1, key: 'api_key_file', message: '/tmp/\u202egnp.exe does not exist' },
      'api_key_file: /tmp/\\u{202e}gnp.exe does not exist (a\\u{a}b.yaml:1)',
    ],
  ])('is one line', (fault, line) => {
    expect(formatFault(fault)).toBe(line);
  });
});
