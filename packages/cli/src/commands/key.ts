import { join } from 'node:path';
import type { Config } from '@healthapp/shared/config/config';
import { isLoopback } from '@healthapp/shared/config/schema/address';
import { Secret } from '@healthapp/shared/config/secret';
import { appNameOf, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { isServerName } from '@healthapp/shared/domain/server';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { createDrainPasswords, deriveServerKey, drainPath } from '@healthapp/shared/wire/server-key';
import { usualApiUrl } from '../api-client.ts';
import { wholeNumber } from '../arguments.ts';
import { CommandLineError, type Io } from '../command.ts';
import { readConfiguration } from '../configuration.ts';
import { dataFolder, readTextFile } from '../data-folder.ts';
import { createCommand, verb } from '../verbs.ts';

const mostGeneration = 1_000_000_000;

export const keyCommand = createCommand({
  name: 'key',
  summary: "Print the key that one server signs its heartbeats with, or the URL of an app's log drain",
  notes: [
    'The key is derived from api_key: the same server has the same key each time. A host that holds only',
    'this key can speak for itself alone. Standard output carries the key and nothing else.',
    '',
    'With --drain it prints where Heroku delivers the log of an app instead, with the password in it:',
    'heroku drains:add "$(healthapp key --drain APP)" --app APP',
  ].join('\n'),
  verbs: [
    verb({
      name: '',
      words: ['SERVER'],
      flags: {
        drain: { help: "SERVER is a Heroku app: prints its log drain's URL instead" },
        generation: { value: 'N', help: 'raised by each `healthapp servers revoke`; 0 unless told' },
        config: { value: 'FILE', help: 'the configuration that holds api_key' },
        json: { help: 'prints key, key_set and generation as JSON' },
      },
      summary: '',
      async run({ flags, words }, io) {
        const [server = ''] = words;
        if (flags.drain) return printDrain(server, flags, io);
        if (!isServerName(server)) {
          throw new CommandLineError(`'${server}' is no name of a server: 1 to 253 characters of A-Z a-z 0-9 . _ : -`);
        }
        const generation = wholeNumber('--generation', flags.generation ?? '0', mostGeneration);
        const config = readConfiguration(io, flags.config);
        const { id, secret } = config.apiKeys[0] ?? (await keptApiKey(io));
        const key = deriveServerKey(secret.reveal(), server, generation).toString('base64');
        if (flags.json) {
          io.stdout.write(`${JSON.stringify({ server, key, keySet: id, generation })}\n`);
        } else {
          const together = io.stdout.isTTY === true && io.stderr.isTTY === true;
          io.stderr.write(hint(server, await usualApiUrl(io), id, generation) + (together ? keyBefore : keyElsewhere));
          io.stdout.write(`${key}\n`);
        }
        return 0;
      },
    }),
  ],
});

/** Where Heroku is to deliver an app's log, for `heroku drains:add`. */
async function printDrain(
  named: string,
  flags: { readonly generation?: string | undefined; readonly config?: string | undefined; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const app = appNameOf(named) ?? named;
  if (!isServerName(serverNameOfApp(app))) throw new CommandLineError(`'${app}' is no name of an app on Heroku`);
  if (flags.generation !== undefined) {
    throw new CommandLineError('--generation is of a server; a drain has another password when api_key is another');
  }
  const config = readConfiguration(io, flags.config);
  const { secret } = config.apiKeys[0] ?? (await keptApiKey(io));
  const password = createDrainPasswords(secret.reveal())(app);
  const apiUrl = await usualApiUrl(io);
  const url = new URL(`${apiUrl}${drainPath(app)}`);
  url.username = 'healthapp';
  url.password = password;
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ app, url: url.href })}\n`);
    return 0;
  }
  if (isLocal(apiUrl)) {
    io.stderr.write('# Heroku cannot reach this address: set api_url, or HEALTHAPP_API_URL, to one that it can\n');
  }
  io.stderr.write(`# heroku drains:add "$(healthapp key --drain ${app})" --app ${app}\n`);
  io.stdout.write(`${url.href}\n`);
  return 0;
}

/** The one that `healthapp up` made for itself when none was configured. */
async function keptApiKey(io: Io): Promise<Config['apiKeys'][number]> {
  const kept = await readTextFile(join(dataFolder(io.env, io.cwd), 'api-key'));
  if (kept === undefined || kept === '') {
    throw new UsageError(
      'api_key: is not set; give it in the configuration, or start `healthapp up` once, which makes one',
    );
  }
  return { id: null, secret: new Secret(kept) };
}

/** On a terminal standard output follows on the same line, so that all of it can be pasted. */
const keyBefore = '  key: ';
const keyElsewhere = '  key:  # what standard output carries; or key_file with a file that holds it\n';

/** What the host's configuration has to say besides the key. */
function hint(server: string, apiUrl: string, id: string | null, generation: number): string {
  return [
    `# config.yaml on ${server}:`,
    `api_url: ${apiUrl}${isLocal(apiUrl) ? `  # not this one, but how ${server} reaches this machine` : ''}`,
    'agent:',
    `  name: '${server}'`,
    ...(id === null ? [] : [`  key_set: '${id}'`]),
    ...(generation === 0 ? [] : [`  generation: ${generation}`]),
    '',
  ].join('\n');
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
