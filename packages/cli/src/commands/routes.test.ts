import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsweringApi, noon } from '../answering-api.ts';
import { localTime } from '../times.ts';

let cwd: string;
let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'healthapp-routes-'));
  api = await createAnsweringApi();
});

afterEach(() => {
  api.close();
  rmSync(cwd, { recursive: true, force: true });
});

const routed = `email_server: mail.example.com
receivers:
  - { name: ops, email: { to: [ops@example.com] } }
  - { name: oncall, email: { to: [oncall@example.com] } }
  - { name: default, email: { to: [all@example.com] } }
routes:
  - server: 'db-*'
    kind: [offline, disk-full]
    label: { env: prod }
    to: [ops, oncall]
    remind_every: 15m
    quiet_hours: { from: '11:00', to: '13:00', except: [disk-full] }
  - { severity: info, to: [ops], continue: true }
`;

function run(text: string, ...argv: string[]) {
  const file = join(cwd, 'config.yaml');
  writeFileSync(file, text);
  return api.run(['routes', ...argv], { cwd, env: { CONFIG_FILE: file } });
}

describe('healthapp routes', () => {
  it('lists the routes of the configuration, by their lines', async () => {
    const { status, out, err } = await run(routed);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.split(/\n/).map((line) => line.split(/ {2,}/))).toEqual([
      ['ROUTE', 'FOR', 'TO', 'THEN', 'REMINDERS', 'QUIET HOURS'],
      [
        'line 7',
        'server db-*, kind offline or disk-full, label env=prod',
        'ops, oncall',
        'every 15 min',
        '11:00 to 13:00 (UTC), but for disk-full',
      ],
      ['line 13', 'severity info', 'ops', 'the next is asked too'],
      [''],
    ]);
    expect(api.asked).toEqual([]);
  });

  it('says that everybody is told where there are none, and that nobody is configured', async () => {
    const { out, err } = await run('partitions: 1\n');
    expect(out).toBe('no routes: everybody is told of everything\n');
    expect(err).toContain("no receiver is configured: 'default' is the mailbox");
  });

  it('lists those in force at an API', async () => {
    const answer = { routes: [], receivers: ['ops'], kinds: [] };
    api.answers(() => ({ body: answer }));
    const { out } = await run(routed, '--api', api.url, '--json');
    expect(JSON.parse(out)).toEqual(answer);
    expect(api.asked.map(({ url }) => url)).toEqual(['/api/v1/routes']);
  });
});

describe('healthapp routes test', () => {
  const ask = (...argv: string[]) => run(routed, 'test', ...argv);

  it('explains who would be told, by which line, and what came of each route', async () => {
    const { status, out, err } = await ask('--server', 'db-3', '--kind', 'offline', '--label', 'env=prod');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const lines = out.split('\n').map((line) => line.split(/ {2,}/));
    const held = `by quiet hours until ${localTime(noon + 3_600_000)} (in 1 h)`;
    expect(lines).toEqual([
      [`offline of db-3 (critical), env=prod, at ${localTime(noon)}`],
      [''],
      ['TOLD', 'BECAUSE', 'HELD'],
      ['ops', 'route in line 7', held],
      ['oncall', 'route in line 7', held],
      [''],
      ['ROUTE', 'FOR', 'TO', 'WHAT CAME OF IT'],
      ['line 7', 'server db-*, kind offline or disk-full, label env=prod', 'ops, oncall', 'matches'],
      ['line 13', 'severity info', 'ops', 'is not asked: an earlier route matches, and does not continue'],
      [''],
    ]);
  });

  it.each([
    [['--server', 'web-1', '--kind', 'offline'], 'the server is web-1, not db-*'],
    [['--kind', 'monitor-blind'], 'it concerns no server, and the route is for db-*'],
    [['--server', 'db-1', '--kind', 'clock-skew'], 'the kind is clock-skew, not offline or disk-full'],
    [['--server', 'db-1', '--kind', 'offline'], 'there is no label env, which must be prod'],
    [['--server', 'db-1', '--kind', 'offline', '--label', 'env=dev'], 'the label env is dev, not prod'],
  ])('says why no route matches, and who is told then: %j', async (argv, why) => {
    const { out } = await ask(...argv);
    expect(out).toContain(`does not match: ${why}\n`);
    expect(out).toMatch(/^default +no route matches$/m);
  });

  it('takes the time and the severity that are given, as JSON too', async () => {
    const argv = ['--server', 'db-1', '--kind', 'offline', '--label', 'env=prod', '--severity', 'info'];
    const { out } = await ask(...argv, '--at', '2026-11-20T20:00Z', '--json');
    const at = Date.UTC(2026, 10, 20, 20);
    const told = { because: 'route in line 7', route: 0, heldUntil: null };
    expect(JSON.parse(out)).toMatchObject({
      alert: { server: 'db-1', kind: 'offline', severity: 'info', labels: { env: 'prod' }, at },
      told: [
        { receiver: 'ops', ...told },
        { receiver: 'oncall', ...told },
      ],
    });
  });

  it('asks an API about the routes in force', async () => {
    api.answers(() => ({ status: 404, body: { detail: 'no routes are known: no processor has run yet' } }));
    const { status, err } = await ask('--kind', 'offline', '--label', 'a=b', '--label', 'c=d e', '--api', api.url);
    expect(status).toBe(1);
    expect(err).toContain('no processor has run yet (404)');
    expect(api.asked.map(({ url }) => url)).toEqual(['/api/v1/routes/test?kind=offline&label=a%3Db&label=c%3Dd+e']);
  });

  it.each([
    [['--server', 'a'], '--kind is missing: --kind KIND'],
    [['--kind', 'ofline'], "--kind: there is no 'ofline'; there are offline, "],
    [['--kind', 'offline', '--severity', 'bad'], "--severity must be critical or warning or info, not 'bad'"],
    [['--kind', 'offline', '--label', 'prod'], "--label must be KEY=VALUE, not 'prod'"],
    [['--kind', 'offline', '--at', 'noon'], '--at must be a time such as'],
  ])('refuses %j', async (argv, message) => {
    const { status, out, err } = await ask(...argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(message);
  });
});
