// @ts-check
/**
 * `npm start` as on a machine with nothing but Node.js and npm: it prints a URL that answers, this host's
 * server comes up, and Ctrl-C ends all of it within 5 s with exit status 0, leaving no process behind.
 *
 * Usage: start-check.js FOLDER — an empty one of its own, for the home, the data, and `openapi.json`, which it
 * fetches from the running API.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: start-check.js FOLDER');

/** The first start builds everything and fetches a Redis. */
const startWithinMs = 240_000;
/** This host's agent reports as soon as it runs. */
const upWithinMs = 20_000;
const stopWithinMs = 5000;

const otherServers = /^(redis|valkey|keydb)-/;

mkdirSync(folder, { recursive: true });
const home = join(folder, 'home');
const data = join(folder, 'data');
mkdirSync(home);

const port = await freePort();
const said = { out: '', all: '' };
const begun = performance.now();
const npm = spawn('npm', ['start'], {
  // A session of its own, as a terminal gives: Ctrl-C reaches the whole of it, and what stays is found.
  detached: true,
  stdio: ['ignore', 'pipe', 'pipe'],
  env: {
    PATH: pathWithoutRedis(),
    HOME: home,
    HEALTHAPP_DATA: data,
    PORT: String(port),
    CI: 'true',
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(npm_config_|TMPDIR$|LANG$)|_proxy$/i.test(name)),
    ),
  },
});
/** @type {Promise<number | string | null>} */
const exited = new Promise((resolve) => npm.once('exit', (code, signal) => resolve(code ?? signal)));
let ended = false;
void exited.then(() => {
  ended = true;
});
npm.stdout.setEncoding('utf8').on('data', (text) => {
  said.out += text;
  said.all += text;
});
npm.stderr.setEncoding('utf8').on('data', (text) => {
  said.all += text;
});
process.once('SIGTERM', () => {
  endSession('SIGKILL');
  process.exit(143);
});

try {
  const url = await until(
    'npm start prints its URL',
    startWithinMs,
    () => /http:\/\/[\w.:[\]]+:\d+/.exec(said.out)?.[0],
  );
  say(`printed ${url} after ${seconds(begun)} s`);
  if (!url.endsWith(`:${port}`)) throw new Error(`PORT=${port} was asked for`);

  const page = await until('the URL answers', upWithinMs, async () => fetch(url, { headers: { accept: 'text/html' } }));
  if (page.status !== 200 || !(await page.text()).includes('<html'))
    throw new Error(`${url} is no page: ${page.status}`);

  const [, user, password] = /Sign in +(\S+).*\n +Password +(\S+)/.exec(said.out) ?? [];
  const signIn = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
  if (signIn.status !== 204) throw new Error(`signing in as ${user}, as printed, answered ${signIn.status}`);
  const cookie = signIn.headers.getSetCookie().map((text) => text.split(';')[0]);
  say(`signed in as ${user}`);

  const name = await until('this host is up', upWithinMs, async () => {
    const { servers } = await (await fetch(`${url}/api/v1/servers`, { headers: { cookie: cookie.join('; ') } })).json();
    return servers.length === 1 && servers[0].state === 'up' ? servers[0].name : undefined;
  });
  if (name !== hostname()) throw new Error(`the host is called ${hostname()}, but its server ${name}`);
  say(
    `the server ${name} is up, with ${/Redis [\d.]+ of its own/.exec(said.out)?.[0] ?? 'a Redis that it does not name'}`,
  );

  const document = await fetch(`${url}/api/v1/openapi.json`);
  if (document.ok) writeFileSync(join(folder, 'openapi.json'), await document.text());
  else say(`/api/v1/openapi.json answered ${document.status}`);

  const asked = performance.now();
  endSession('SIGINT');
  const code = await Promise.race([exited, sleep(stopWithinMs, 'still running')]);
  if (code !== 0) throw new Error(`${stopWithinMs / 1000} s after Ctrl-C: ${code} instead of exit status 0`);
  say(`stopped ${seconds(asked)} s after Ctrl-C, exit status 0`);

  // What npm waited for is gone; what it did not know of gets a moment, as it would have to take one.
  await sleep(200);
  const left = processesOf(data, npm.pid ?? 0);
  if (left.length > 0)
    throw new Error(`left running:\n${left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n')}`);
  say('nothing is left running');
} catch (error) {
  process.stderr.write(`${said.all}\n${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  endSession('SIGKILL');
  for (const { pid } of processesOf(data, npm.pid ?? 0)) process.kill(pid, 'SIGKILL');
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`  ${text}\n`);
}

/** @param {number} since */
function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** @param {NodeJS.Signals} signal */
function endSession(signal) {
  if (npm.pid === undefined) return;
  try {
    process.kill(-npm.pid, signal);
  } catch {
    // Nobody of it is left.
  }
}

/**
 * @template T
 * @param {string} what
 * @param {number} withinMs
 * @param {() => T | undefined | Promise<T | undefined>} ask
 * @returns {Promise<T>}
 */
async function until(what, withinMs, ask) {
  const asked = performance.now();
  let fault = '';
  while (performance.now() - asked < withinMs) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      fault = ` (${error instanceof Error ? error.message : error})`;
    }
    if (ended) throw new Error(`npm start ended with ${await exited} before ${what}`);
    await sleep(100);
  }
  throw new Error(`waited ${withinMs / 1000} s in vain until ${what}${fault}`);
}

/** @returns {Promise<number>} a port of 127.0.0.1 that was free a moment ago */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The programs of PATH without any Redis: where one is installed, a folder of links to all the others. */
function pathWithoutRedis() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((name) => name !== '');
  const programs = folders.map((name) => ({ name, files: filesIn(name) }));
  if (!programs.some(({ files }) => files.some((file) => otherServers.test(file)))) return folders.join(delimiter);
  const links = join(folder ?? '', 'bin');
  mkdirSync(links);
  const linked = new Set();
  for (const { name, files } of programs) {
    for (const file of files) {
      if (otherServers.test(file) || linked.has(file)) continue;
      linked.add(file);
      symlinkSync(join(name, file), join(links, file));
    }
  }
  return links;
}

/** @param {string} name */
function filesIn(name) {
  try {
    return readdirSync(name);
  } catch {
    return [];
  }
}

/**
 * Processes of a session, and those that speak of a folder in their command, environment or working folder. From
 * /proc, since a bare machine has no `ps`. A zombie has ended; only its parent has not asked yet.
 * @param {string} spokenOf
 * @param {number} session
 */
function processesOf(spokenOf, session) {
  return filesIn('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const [state, , , sid] = textOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    if (state === undefined || state === '' || state === 'Z') return [];
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const speaks = [command, textOf(`/proc/${pid}/environ`), linkOf(`/proc/${pid}/cwd`)].some((text) =>
      text.includes(spokenOf),
    );
    return speaks || Number(sid) === session ? [{ pid, command }] : [];
  });
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} path */
function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
