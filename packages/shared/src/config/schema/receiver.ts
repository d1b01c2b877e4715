/** One receiver: its kind, and what that kind is told. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { isMapping, type Mapping, type Tree } from '../document.ts';
import type { Path } from '../fault.ts';
import type { ReceiverConfig, ReceiverKind } from '../receivers.ts';
import type { Secret } from '../secret.ts';
import { isBlank, type Keys, openSection, type Reading, type Section, treeAt } from '../section.ts';
import { webhookKeyOf } from '../webhook-key.ts';
import { httpUrl, isLoopback } from './address.ts';
import { mailbox } from './email.ts';
import { list, secretText, text, textAs } from './value.ts';

/** No dot and no space: ids of notifications are made of it. */
const receiverName = textAs(
  (value) => (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(value) ? value : undefined),
  'must be 1 to 64 letters, digits, - or _, a letter or digit first',
);

/** E.164, however it is spaced; as digits alone. */
const phoneNumber = textAs((value) => {
  const digits = value.replace(/[\s().-]/g, '').replace(/^(?:\+|00)/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}, "must be an international number in quotes, as '+441234567890'");

const line = text.min(1);

const receiverKeys = {
  name: receiverName,
  module: line,
  options: z.custom<Mapping>(isMapping, 'must have its keys below it, indented'),
};
const emailKeys = { to: list(mailbox, 'must name at least one address') };
const slackKeys = {
  token: secretText,
  token_file: text,
  channel: textAs(
    (value) => (/^#?[^\s#@,]{1,80}$/.test(value) ? value : undefined),
    "must be a channel's name in quotes, as '#alerts', or its id",
  ),
  api_url: httpUrl({ query: false }),
  webhook_url: secretText,
  webhook_url_file: text,
};
const mattermostKeys = {
  url: httpUrl({ query: false }),
  token: secretText,
  token_file: text,
  channel_id: textAs(
    (value) => (/^[a-z0-9]{26}$/.test(value) ? value : undefined),
    'must be the 26 letters and digits that "View Info" of the channel shows',
  ),
  webhook_url: secretText,
  webhook_url_file: text,
};
const infobipKeys = {
  base_url: httpUrl({ query: false }),
  api_key: secretText,
  api_key_file: text,
  from: textAs(
    (value) => (/^[\p{L}\p{N} ._+-]{1,16}$/u.test(value) ? value : undefined),
    'must be a number, or a name of at most 11 letters and digits',
  ),
  to: list(phoneNumber, 'must name at least one number'),
};
const webhookKeys = { url: secretText, url_file: text, secret: secretText, secret_file: text };
const irisKeys = { url: httpUrl({ query: false }), app: line, key: secretText, key_file: text, plan: line };

/** The sections of one receiver, by their path. */
export const receiverSections: readonly (readonly [string, readonly string[]])[] = [
  ['receivers[]', [...Object.keys(receiverKeys), 'email', 'slack', 'mattermost', 'sms', 'webhook', 'iris']],
  ['receivers[].email', Object.keys(emailKeys)],
  ['receivers[].slack', Object.keys(slackKeys)],
  ['receivers[].mattermost', Object.keys(mattermostKeys)],
  ['receivers[].sms', ['infobip']],
  ['receivers[].sms.infobip', Object.keys(infobipKeys)],
  ['receivers[].webhook', Object.keys(webhookKeys)],
  ['receivers[].iris', Object.keys(irisKeys)],
];

const readers: Record<ReceiverKind, (reading: Reading, path: Path, name: string) => ReceiverConfig | null> = {
  email: readEmailReceiver,
  slack: readSlack,
  mattermost: readMattermost,
  sms: readSms,
  webhook: readWebhook,
  iris: readIris,
  module: readModule,
};
const kinds = Object.keys(readers) as ReceiverKind[];

/** What notification ids, routes and the UI call the receiver that the environment's variables make. */
export const slackVariablesName = 'slack';

/** Null when it is at fault. */
export function readReceiver(reading: Reading, path: Path, item: Tree | undefined): ReceiverConfig | null {
  if (!isMapping(item)) return null;
  const section = openSection(reading, path, receiverKeys);
  const name = needed(reading, path, section, 'name');
  const given = kinds.filter((kind) => !isBlank(item[kind]));
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const wrong =
      kind === undefined ? 'says no way to tell anybody' : `says ${given.length} ways, ${given.join(' and ')}`;
    reading.fault(path, `${wrong}: give exactly one of ${kinds.join(', ')}`);
    return null;
  }
  if (section.given('options') && kind !== 'module') section.contradiction('options', 'belongs to module alone');
  const receiver = readers[kind](reading, path, name ?? '');
  return name === undefined ? null : receiver;
}

function readEmailReceiver(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const at = [...path, 'email'];
  const to = needed(reading, at, openSection(reading, at, emailKeys), 'to');
  return to === undefined ? null : { name, kind: 'email', to };
}

const slackApi = 'https://slack.com/api';

function readSlack(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const at = [...path, 'slack'];
  const section = openSection(reading, at, slackKeys);
  if (section.given('webhook_url') || section.given('webhook_url_file')) {
    refuseBeside(section, ['token', 'token_file', 'channel', 'api_url']);
    const url = secretUrl(reading, at, section, 'webhook_url');
    return url === null ? null : { name, kind: 'slack', by: { kind: 'incoming-webhook', url } };
  }
  const token = neededSecret(reading, at, section, 'token', ', or webhook_url');
  const channel = needed(reading, at, section, 'channel');
  const apiUrl = section.value('api_url') ?? slackApi;
  warnOfPlainHttp(section, 'api_url', apiUrl);
  if (token === null || channel === undefined) return null;
  return { name, kind: 'slack', by: { kind: 'bot', apiUrl, token, channel } };
}

/** `SLACK_BOT_TOKEN` and `SLACK_CHANNEL`, as the Heroku monitors before this one read them: without a channel, #alerts. */
export function readSlackVariables({ env, variableFault }: Reading): ReceiverConfig | null {
  const { SLACK_BOT_TOKEN: written = '', SLACK_CHANNEL: named = '' } = env;
  if (isBlank(written) && isBlank(named)) return null;
  const channel = isBlank(named) ? '#alerts' : named;
  if (isBlank(written)) variableFault('SLACK_CHANNEL', 'does nothing alone: give SLACK_BOT_TOKEN too');
  const token = secretText.safeParse(written.trim());
  const read = slackKeys.channel.safeParse(channel.trim());
  if (isBlank(written)) return null;
  for (const issue of token.error?.issues ?? []) variableFault('SLACK_BOT_TOKEN', issue.message);
  for (const issue of read.error?.issues ?? []) variableFault('SLACK_CHANNEL', issue.message);
  if (!token.success || !read.success) return null;
  return {
    name: slackVariablesName,
    kind: 'slack',
    by: { kind: 'bot', apiUrl: slackApi, token: token.data, channel: read.data },
  };
}

function readMattermost(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const at = [...path, 'mattermost'];
  const section = openSection(reading, at, mattermostKeys);
  if (section.given('webhook_url') || section.given('webhook_url_file')) {
    refuseBeside(section, ['url', 'token', 'token_file', 'channel_id']);
    const url = secretUrl(reading, at, section, 'webhook_url');
    return url === null ? null : { name, kind: 'mattermost', by: { kind: 'incoming-webhook', url } };
  }
  const url = needed(reading, at, section, 'url', ', or webhook_url');
  const token = neededSecret(reading, at, section, 'token');
  const channelId = needed(reading, at, section, 'channel_id');
  if (url === undefined || token === null || channelId === undefined) return null;
  warnOfPlainHttp(section, 'url', url);
  return { name, kind: 'mattermost', by: { kind: 'bot', url, token, channelId } };
}

function readSms(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const written = treeAt(reading.document.root, [...path, 'sms']);
  const at = [...path, 'sms', 'infobip'];
  if (!isMapping(written) || isBlank(written.infobip)) {
    if (isMapping(written)) reading.fault([...path, 'sms'], 'give infobip: the service that sends them');
    return null;
  }
  const section = openSection(reading, at, infobipKeys);
  const baseUrl = needed(reading, at, section, 'base_url');
  const apiKey = neededSecret(reading, at, section, 'api_key');
  const from = needed(reading, at, section, 'from');
  const to = needed(reading, at, section, 'to');
  if (baseUrl === undefined || apiKey === null || from === undefined || to === undefined) return null;
  warnOfPlainHttp(section, 'base_url', baseUrl);
  return { name, kind: 'sms', baseUrl, apiKey, from, to };
}

function readWebhook(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const at = [...path, 'webhook'];
  const section = openSection(reading, at, webhookKeys);
  const url = secretUrl(reading, at, section, 'url');
  const secret = neededSecret(
    reading,
    at,
    section,
    'secret',
    ': who takes the messages proves by it that they are ours',
  );
  if (secret !== null && webhookKeyOf(secret) === null) {
    const key = section.given('secret_file') ? 'secret_file' : 'secret';
    reading.fault([...at, key], 'must be base64 behind whsec_, or without whsec_ any text of at least 16 characters');
    return null;
  }
  return url === null || secret === null ? null : { name, kind: 'webhook', url, secret };
}

function readIris(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const at = [...path, 'iris'];
  const section = openSection(reading, at, irisKeys);
  const url = needed(reading, at, section, 'url');
  const app = needed(reading, at, section, 'app');
  const key = neededSecret(reading, at, section, 'key');
  const plan = needed(reading, at, section, 'plan');
  if (url === undefined || app === undefined || key === null || plan === undefined) return null;
  warnOfPlainHttp(section, 'url', url);
  return { name, kind: 'iris', url, app, key, plan };
}

function readModule(reading: Reading, path: Path, name: string): ReceiverConfig | null {
  const section = openSection({ ...reading, fault: () => {} }, path, receiverKeys);
  const file = section.value('module');
  if (file === undefined) return null;
  const found = resolve(reading.folder, file);
  // Roles that send nothing do without it.
  if (!existsSync(found)) section.warn('module', `${found} does not exist: no processor can start with this`);
  return { name, kind: 'module', file: found, options: section.value('options') ?? {} };
}

/** The value, or a fault that says to give it. */
function needed<K extends Keys, Name extends keyof K & string>(
  reading: Reading,
  path: Path,
  section: Section<K>,
  name: Name,
  instead = '',
): z.output<K[Name]> | undefined {
  if (!section.given(name)) reading.fault(path, `give ${name}${instead}`);
  return section.value(name);
}

function neededSecret<K extends Keys>(
  reading: Reading,
  path: Path,
  section: Section<K>,
  name: Parameters<Section<K>['secret']>[0],
  instead = '',
): Secret | null {
  const given = section.given(name) || section.given(`${name}_file` as keyof K & string);
  if (!given) reading.fault(path, `give ${name} or ${name}_file${instead}`);
  return section.secret(name);
}

/** An address that holds a token, or may hold one. */
function secretUrl<K extends Keys>(
  reading: Reading,
  path: Path,
  section: Section<K>,
  name: Parameters<Section<K>['secret']>[0],
): Secret | null {
  const secret = neededSecret(reading, path, section, name);
  if (secret === null) return null;
  const key = section.given(`${name}_file` as keyof K & string) ? `${name}_file` : name;
  const read = httpUrl({ query: true }).safeParse(secret.reveal());
  for (const issue of read.error?.issues ?? []) reading.fault([...path, key], issue.message);
  if (!read.success) return null;
  warnOfPlainHttp(section, key as keyof K & string, read.data);
  return secret;
}

function refuseBeside<K extends Keys>(section: Section<K>, names: readonly (keyof K & string)[]): void {
  for (const name of names) {
    if (section.given(name)) section.contradiction(name, `give webhook_url or ${name}, not both`);
  }
}

function warnOfPlainHttp<K extends Keys>(section: Section<K>, name: keyof K & string, url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return;
  section.warn(name, 'crosses the network unencrypted, and the key with it: use https://');
}
