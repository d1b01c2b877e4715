import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertView, ServerDetailView } from '@healthapp/shared/wire/api';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { freePort } from '../harness/redis-server.ts';
import { createSmtpPeer, type SmtpPeer } from '../harness/smtp-peer.ts';
import { until } from '../harness/waiting.ts';
import { boot, createDebian, type Debian, type Machine, type Place, whyNoDebian } from './debian.ts';
import { asVersion, built, createRepository, type Repository } from './repository.ts';

const earlier = '0.9.0';
const waitMs = 60_000;
const config = '/etc/healthapp/config.yaml';

let impossible: string | undefined;
let debian: Debian;
let repository: Repository;
let older: string;
let smtp: SmtpPeer;
let apiUrl: string;
let redisPort: number;
/** The booted machine, or why there is none. */
let machine: Machine | string = 'it was not tried';
/** Where packages are handled: with systemd if that is possible. */
let place: Place;
/** Of the first alert: state that an upgrade must not lose. */
let firstAlert: string;

beforeAll(async () => {
  impossible = await whyNoDebian();
  if (impossible !== undefined) return;
  [debian, older, repository, smtp] = await Promise.all([
    createDebian(),
    asVersion(earlier),
    createRepository(),
    createSmtpPeer(),
  ]);
  await repository.publish(older);
  apiUrl = `http://127.0.0.1:${await freePort()}`;
  redisPort = await freePort();
  place = debian;
}, 500_000);

afterAll(async () => {
  if (typeof machine !== 'string') await machine.close();
  await Promise.all([debian?.close(), repository?.close(), smtp?.close()]);
  if (older !== undefined) rmSync(older, { recursive: true, force: true });
}, 60_000);

/** Each step stands on those before it. */
describe('the Debian packages on a minimal Debian 12', { timeout: 240_000 }, () => {
  it('are installed with apt, and what they depend on comes from Debian', async (context) => {
    needsDebian(context);
    await debian.sh(repository.onHost);
    expect(await packageField(debian, 'Version', 'healthapp-agent')).toEqual([earlier]);
    expect(await debian.sh('stat -c "%a %U %G" /etc/healthapp/config.yaml')).toBe('640 root healthapp\n');
    // All that a host with the agent alone can do goes by the name that the documentation uses.
    const once = await debian.attempt('healthapp agent --once');
    expect(once.status).toBe(1);
    expect(once.stderr).toContain('no key to sign with');
    expect((await debian.attempt('healthapp api')).stderr).toContain('in the package healthapp');

    const agentsConfig = await debian.sh(`cat ${config}`);
    await debian.sh('apt-get install -y healthapp');
    expect(await debian.sh(`cat ${config}`)).toBe(agentsConfig);
    expect(await debian.sh('healthapp --version')).toMatch(/^healthapp \d/);
    expect(await packageField(debian, 'Status', 'redis-server')).toEqual(['install ok installed']);
    // Debian's own, which is the oldest that is promised.
    expect(await debian.sh('node --version')).toMatch(/^v18\./);
    expect(await debian.sh('id -nG healthapp-agent')).toContain('healthapp');
    const enabled = await debian.sh('find /etc/systemd -name "healthapp*"');
    expect(enabled).toBe('');
  });

  it('have units that systemd reads without a word', async (context) => {
    needsDebian(context);
    const said = await debian.attempt('systemd-analyze verify --man=no /lib/systemd/system/healthapp-*.service');
    expect(said.stdout + said.stderr).toBe('');
  });

  it('check the configuration that somebody writes', async (context) => {
    needsDebian(context);
    await writeConfig('api_listen: nonsense');
    const check = await debian.attempt(asUser('healthapp', 'healthapp config check'));
    expect(check.status).toBe(1);
    expect(check.stderr).toContain('api_listen');
    await writeConfig();
    expect(await debian.sh(asUser('healthapp', 'healthapp config check'))).toContain(`${config} is valid`);
    // Who is neither root nor HealthApp reads no secret.
    expect((await debian.attempt(asUser('nobody', `cat ${config}`))).status).not.toBe(0);
    await debian.sh(`sed -i 's/^port .*/port ${redisPort}/; s/^appendonly .*/appendonly yes/' /etc/redis/redis.conf`);
  });

  it('run as their units start them, without systemd too: a heartbeat is recorded, an alert mailed', async (context) => {
    needsDebian(context);
    const redis = debian.background(
      `${asUser('redis', 'redis-server /etc/redis/redis.conf --daemonize no --supervised no')}`,
    );
    const roles = [redis];
    try {
      roles.push(await started('healthapp-api'), await started('healthapp-processor'));
      const agent = await started('healthapp-agent');
      roles.push(agent);
      await until('a heartbeat is recorded', waitMs, async () => (await server())?.state === 'up');
      // At once, as a host that loses its power.
      await agent.end();
      await until('the silence is mailed', waitMs, () => mails().length === 1);
      expect(mails()[0]?.recipients).toEqual(['ops@example.com']);
      roles.push(await started('healthapp-agent'));
      await until('its end is mailed', waitMs, () => mails().length === 2);
      const [alert] = await alerts('closed');
      expect(alert).toMatchObject({ server: 'web-1', kind: 'offline' });
      firstAlert = alert?.id ?? '';
      await debian.sh(`redis-cli -p ${redisPort} shutdown`);
    } finally {
      await Promise.all(roles.map((role) => role.end()));
    }
  });

  it('run as units: a start returns when the role is ready, and fails with the reason when it cannot', async (context) => {
    needsDebian(context);
    machine = await boot(debian);
    const booted = needsMachine(context);
    place = booted;

    await writeConfig('api_listen: nonsense');
    expect((await booted.attempt('systemctl start healthapp-api')).status).not.toBe(0);
    expect(await booted.sh('journalctl -u healthapp-api -o cat --no-pager')).toContain('api_listen');
    await booted.sh('systemctl stop healthapp-api');
    await writeConfig();

    await booted.sh('systemctl enable --now healthapp-api healthapp-processor');
    expect((await fetch(`${apiUrl}/readyz`)).status).toBe(200);
    await booted.sh('systemctl enable --now healthapp-agent');
    await until('the agent reports', waitMs, async () => (await server())?.state === 'up');
    expect(await booted.sh('systemctl show -p User,Type --value healthapp-api')).toBe('notify\nhealthapp\n');
    expect(mails()).toHaveLength(2);
  });

  it('report the filesystems that df reports, later ones too', async (context) => {
    const booted = needsMachine(context);
    // The unit sees the machine that root sees, or its goodbyes would be those of another one.
    expect((await server())?.bootId).toBe((await booted.sh('cat /proc/sys/kernel/random/boot_id')).trim());
    await booted.sh('mkdir -p /srv/data && mount -t tmpfs -o size=64M data /srv/data');
    await booted.sh('head -c 16M /dev/zero > /srv/data/file');
    const reported = await until('the new one is reported', waitMs, async () => {
      const filesystems = (await server())?.host?.filesystems ?? [];
      return filesystems.some(({ path, used }) => path === '/srv/data' && used > 0) && filesystems;
    });
    const df = (await booted.sh('df -l -B1 --output=target,size,used,pcent | tail -n +2'))
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/))
      .map(([path = '', size, used, percent]) => ({
        path,
        size: Number(size),
        used: Number(used),
        percent: Number.parseInt(percent ?? '', 10),
      }))
      // What the system mounts for itself is in memory and nobody's to fill.
      .filter(({ path }) => !/^\/(?:dev|proc|run|sys)(?:\/|$)/.test(path));
    expect(reported.map(({ path }) => path)).toEqual(df.map(({ path }) => path).sort());
    for (const { path, size, used, percent } of df) {
      const own = reported.find((each) => each.path === path);
      expect(own, path).toMatchObject({ size });
      // The disk of this test is written to by others meanwhile.
      if (path !== '/') expect(own, path).toMatchObject({ used, percent });
      expect(Math.abs((own?.percent ?? 0) - percent), path).toBeLessThanOrEqual(2);
    }
    await booted.sh('umount /srv/data');
    await until('it is reported no more', waitMs, async () => {
      return (await server())?.host?.filesystems?.every(({ path }) => path !== '/srv/data');
    });
  });

  it('start again after they were killed', async (context) => {
    const booted = needsMachine(context);
    for (const unit of ['healthapp-api', 'healthapp-processor', 'healthapp-agent']) {
      const before = await mainPid(booted, unit);
      await booted.sh(`kill -KILL ${before}`);
      await until(`${unit} runs again`, waitMs, async () => {
        const now = await mainPid(booted, unit);
        return now !== before && now !== '0' && (await isActive(booted, unit));
      });
    }
    await until('the agent reports again', waitMs, async () => (await server())?.state === 'up');
  });

  it('say a short goodbye when the unit is stopped, and a longer one when somebody says so', async (context) => {
    const booted = needsMachine(context);
    await booted.sh('systemctl stop healthapp-agent');
    expect((await server())?.goodbye).toMatchObject({ by: 'agent' });
    expect(await booted.sh('healthapp agent goodbye --for 10m')).toContain('goodbye accepted');
    expect((await server())?.goodbye).toMatchObject({ by: 'operator' });
    await booted.sh('systemctl start healthapp-agent');
    await until('it is back', waitMs, async () => (await server())?.state === 'up');
  });

  it('are upgraded without losing configuration or state, and without waking anybody', async (context) => {
    needsDebian(context);
    const before = hash(await place.sh(`cat ${config}`));
    const told = mails().length;
    const units = ['healthapp-api', 'healthapp-processor', 'healthapp-agent'];
    const pids = typeof machine === 'string' ? [] : await Promise.all(units.map((unit) => mainPid(place, unit)));
    await repository.publish(built);
    await place.sh('apt-get update && apt-get -y upgrade');
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(await packageField(place, 'Version', 'healthapp', 'healthapp-agent')).toEqual([version, version]);
    expect(hash(await place.sh(`cat ${config}`))).toBe(before);
    expect(await place.sh(`stat -c "%a %U %G" ${config}`)).toBe('640 root healthapp\n');
    if (typeof machine === 'string') return;
    for (const [index, unit] of units.entries()) {
      expect(await isActive(place, unit), unit).toBe(true);
      expect(await mainPid(place, unit), unit).not.toBe(pids[index]);
    }
    const first = (await server())?.lastHeartbeatAt ?? 0;
    await until('the agent reports on', waitMs, async () => ((await server())?.lastHeartbeatAt ?? 0) > first);
    expect((await alerts('closed')).map(({ id }) => id)).toContain(firstAlert);
    expect(await alerts('active')).toEqual([]);
    expect(mails()).toHaveLength(told);
  });

  it('are removed, and keep the configuration', async (context) => {
    needsDebian(context);
    await place.sh('apt-get -y remove healthapp');
    // The agent goes on, and its own command is back.
    expect(await place.sh('healthapp agent --version')).toMatch(/^\d/);
    if (typeof machine !== 'string') {
      expect(await isActive(place, 'healthapp-api')).toBe(false);
      expect(await isActive(place, 'healthapp-agent')).toBe(true);
    }
    await place.sh('apt-get -y remove healthapp-agent');
    expect(await place.sh(`stat -c "%a %U %G" ${config}`)).toBe('640 root healthapp\n');
    expect((await place.attempt('command -v healthapp healthapp-agent')).stdout).toBe('');
    expect((await place.attempt('pgrep -u healthapp,healthapp-agent')).stdout).toBe('');
  });

  it('are purged, and leave nothing but two locked users', async (context) => {
    needsDebian(context);
    await place.sh('apt-get -y purge healthapp');
    await place.sh(`test -e ${config}`);
    await place.sh('apt-get -y purge healthapp-agent');
    const left = await place.sh('find /etc /lib /usr /var -xdev -name "*healthapp*" -not -path "/var/cache/apt/*"');
    // The repository is the administrator's.
    expect(left.trim().split('\n').sort()).toEqual([
      '/etc/apt/keyrings/healthapp.gpg',
      '/etc/apt/sources.list.d/healthapp.list',
    ]);
    expect((await packageField(place, 'Package')).filter((name) => name.startsWith('healthapp'))).toEqual([]);
    expect(await place.sh('getent passwd healthapp healthapp-agent | cut -d: -f7')).toBe(
      '/usr/sbin/nologin\n/usr/sbin/nologin\n',
    );
  });
});

function needsDebian(context: TestContext): void {
  if (impossible !== undefined) context.skip(impossible);
}

function needsMachine(context: TestContext): Machine {
  needsDebian(context);
  if (typeof machine === 'string') return context.skip(machine);
  return machine;
}

/** @param more a line that replaces the setting of its name. */
async function writeConfig(more?: string): Promise<void> {
  const { port } = new URL(apiUrl);
  const lines = [
    `redis: 127.0.0.1:${redisPort}`,
    'api_key: a secret of this test alone',
    `api_listen: 127.0.0.1:${port}`,
    `api_url: ${apiUrl}`,
    'auth: { mode: none }',
    'server_staleness_duration: 8s',
    'alert_process_interval: 1h',
    'alert_send_email_interval: -1',
    'mass_silence: false',
    'email_server: 127.0.0.1',
    `email_server_port: ${smtp.port}`,
    'email_recipients: [ops@example.com]',
    'agent: { name: web-1, interval: 1s }',
  ];
  const name = more?.split(':')[0];
  const kept = lines.filter((line) => name === undefined || !line.startsWith(`${name}:`));
  await place.sh(`cat > ${config} <<'END'\n${[...kept, ...(more === undefined ? [] : [more])].join('\n')}\nEND`);
}

/** The command for a user of that host, without root's privileges. */
function asUser(user: string, command: string): string {
  return `setpriv --reuid=${user} --regid=${user} --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs ${command}`.replace(
    '--regid=nobody',
    '--regid=nogroup',
  );
}

/** Starts what the unit starts, as its user. */
async function started(unit: string) {
  const text = await debian.sh(`cat /lib/systemd/system/${unit}.service`);
  const [command, user] = ['ExecStart', 'User'].map((key) => new RegExp(`^${key}=(.+)$`, 'm').exec(text)?.[1]);
  if (command === undefined || user === undefined) throw new Error(`${unit} has no ExecStart or no User`);
  return debian.background(asUser(user, command));
}

async function server(): Promise<ServerDetailView | undefined> {
  const response = await fetch(`${apiUrl}/api/v1/servers/web-1`).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as ServerDetailView) : undefined;
}

async function alerts(state: 'active' | 'closed'): Promise<AlertView[]> {
  const response = await fetch(`${apiUrl}/api/v1/alerts?state=${state}`);
  return ((await response.json()) as { alerts: AlertView[] }).alerts;
}

function mails() {
  return smtp.taken.filter(({ mail }) => mail.subject?.includes('web-1'));
}

/** @param packages all, when none is named. */
async function packageField(host: Place, field: string, ...packages: string[]): Promise<string[]> {
  const lines = await host.sh(`dpkg-query -W -f '\${${field}}\n' ${packages.join(' ')}`);
  return lines.trim().split('\n');
}

async function mainPid(host: Place, unit: string): Promise<string> {
  return (await host.sh(`systemctl show -p MainPID --value ${unit}`)).trim();
}

async function isActive(host: Place, unit: string): Promise<boolean> {
  return (await host.attempt(`systemctl is-active ${unit}`)).stdout.trim() === 'active';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
