import { afterAll, describe, expect, it } from 'vitest';
import { createConfigFolder } from './load.fixture.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { configOf, faultsOf, warningsOf } = folder;

const receivers = [
  'receivers:',
  '  - { name: ops, email: { to: [ops@example.com] } }',
  '  - { name: oncall, email: { to: [oncall@example.com] } }',
  'email_server: mail.example.com',
  'routes:',
  '',
].join('\n');

describe('routes', () => {
  it('are read with their lines', () => {
    const text = [
      "  - { server: 'db-*', kind: [offline, disk-full], label: { env: prod }, to: [ops, oncall], remind_every: 15m }",
      '  - severity: [warning, info]',
      '    to: ops',
      '    continue: yes',
      '    remind_every: -1',
      '    quiet_hours:',
      "      { days: [sat, sun], from: '22:00', to: '7:30', timezone: Europe/Berlin, except: monitor-blind }",
      '  - { to: [ops], remind_every: 1h, remind_backoff: doubling }',
    ].join('\n');
    expect(configOf(receivers + text).routes).toEqual([
      {
        index: 0,
        line: 6,
        match: { servers: ['db-*'], kinds: ['offline', 'disk-full'], labels: { env: 'prod' }, severities: null },
        to: ['ops', 'oncall'],
        continues: false,
        remindEveryMs: 900_000,
        remindBackoff: 'steady',
        quietHours: null,
      },
      {
        index: 1,
        line: 7,
        match: { servers: null, kinds: null, labels: {}, severities: ['warning', 'info'] },
        to: ['ops'],
        continues: true,
        remindEveryMs: null,
        remindBackoff: 'steady',
        quietHours: {
          days: [6, 0],
          from: 1320,
          to: 450,
          timezone: 'Europe/Berlin',
          except: ['monitor-blind'],
        },
      },
      {
        index: 2,
        line: 13,
        match: { servers: null, kinds: null, labels: {}, severities: null },
        to: ['ops'],
        continues: false,
        remindEveryMs: 3_600_000,
        remindBackoff: 'doubling',
        quietHours: null,
      },
    ]);
  });

  it('have quiet hours in the time zone of the whole, unless they name their own', () => {
    const zoneOf = (quiet: string, top = '') =>
      configOf(`${top}${receivers}  - { to: ops, quiet_hours: { from: '22:00', to: '7:00'${quiet} } }`).routes[0]
        ?.quietHours?.timezone;
    expect(zoneOf('')).toBe('UTC');
    expect(zoneOf('', 'timezone: Europe/Berlin\n')).toBe('Europe/Berlin');
    expect(zoneOf(', timezone: Asia/Tokyo', 'timezone: Europe/Berlin\n')).toBe('Asia/Tokyo');
  });

  it.each([
    ['{ to: [opz] }', 'routes[0].to: names a receiver that is not configured: there are ops, oncall (config.yaml:6)'],
    ['{ kind: offline }', 'routes[0]: has no receiver: give to, with the names of receivers (config.yaml:6)'],
    ['{ to: [] }', 'routes[0].to: must name at least one receiver (config.yaml:6)'],
    ['{ to: ops, severity: high }', 'routes[0].severity[0]: must be one of critical, warning, info (config.yaml:6)'],
    [
      '{ to: ops, servers: a }',
      'routes[0].servers: is no key that is known here: did you mean routes[].server? (config.yaml:6)',
    ],
    [
      '{ to: ops, quiet_hours: { from: 22, timezone: Mars } }',
      "routes[0].quiet_hours: has no to: give a time of day, as '22:00' (config.yaml:6)",
      "routes[0].quiet_hours.from: must be a time of day in quotes, as '22:00' (config.yaml:6)",
      'routes[0].quiet_hours.timezone: must be an IANA time zone, such as Europe/Berlin (config.yaml:6)',
    ],
    [
      '{ to: ops, remind_every: -1, remind_backoff: doubling }',
      'routes[0].remind_backoff: has no effect, since remind_every is -1 (config.yaml:6)',
    ],
  ])('%s is told with its line', (route, ...faults) => {
    expect(faultsOf(`${receivers}  - ${route}`).sort()).toEqual(faults.sort());
  });

  it('of an unknown kind are told what kinds there are', () => {
    expect(faultsOf(`${receivers}  - { to: ops, kind: [offlin] }`)).toEqual([
      expect.stringMatching(
        /^routes\[0\]\.kind\[0\]: must be a kind of alert: offline, disk-full, .* \(config\.yaml:6\)$/,
      ),
    ]);
  });

  it('that are never asked are a warning', () => {
    expect(warningsOf(`${receivers}  - { to: ops }\n  - { to: oncall, kind: offline }`)).toContain(
      'routes[1]: is never asked: the route in line 6 matches all that it matches, and does not continue (config.yaml:7)',
    );
  });
});
