import type { Config } from '../config.ts';
import { isMapping, type Tree } from '../document.ts';
import type { ReceiverConfig } from '../receivers.ts';
import { isBlank, type Reading } from '../section.ts';
import type { ReadEmail } from './email.ts';
import { readReceiver, readSlackVariables, slackVariablesName } from './receiver.ts';

const mostReceivers = 100;
/** What notification ids, routes and the UI call the receiver that `email_recipients` makes. */
const defaultName = 'default';

/**
 * Every configured receiver: those of `receivers:`, the one called `default` that `email_recipients` makes,
 * and the one called `slack` that the environment makes.
 * @param email what the e-mail keys at the top say; `recipients` of `email_recipients`.
 */
export function readReceivers(reading: Reading, { recipients, enabled, server }: ReadEmail): Config['receivers'] {
  const written = reading.document.root.receivers;
  const items: readonly Tree[] = Array.isArray(written) ? written : [];
  if (items.length > mostReceivers) reading.fault(['receivers'], `must have at most ${mostReceivers} entries`);
  const fromVariables = readSlackVariables(reading);
  const receivers: ReceiverConfig[] = [];
  if (recipients.length > 0) receivers.push({ name: defaultName, kind: 'email', to: recipients });
  if (fromVariables !== null) receivers.push(fromVariables);
  const taken = new Map<string, string>();
  if (recipients.length > 0) taken.set(defaultName, 'the one that email_recipients makes');
  for (const index of items.slice(0, mostReceivers).keys()) {
    const read = readReceiver(reading, ['receivers', index], items[index]);
    if (read === null) continue;
    // The environment overrides the file.
    if (read.name === slackVariablesName && fromVariables !== null && read.kind === 'slack') continue;
    const holder =
      read.name === slackVariablesName && fromVariables !== null
        ? 'the one that SLACK_BOT_TOKEN makes'
        : taken.get(read.name);
    if (holder !== undefined) {
      reading.contradiction(['receivers', index, 'name'], `is the name of ${holder} too: names must differ`);
    }
    taken.set(read.name, `receivers[${index}]`);
    if (read.kind === 'email' && enabled && server === null) {
      reading.warn(['receivers', index, 'email'], 'nobody is told by e-mail without email_server');
    }
    receivers.push(read);
  }
  if (
    enabled &&
    server !== null &&
    !items.some(isByEmail) &&
    isBlank(reading.overrides.get('email_recipients')?.value ?? reading.document.root.email_recipients)
  ) {
    reading.warn(['email_server'], 'nobody is told by e-mail without email_recipients, or a receiver with email');
  }
  return receivers;
}

function isByEmail(item: Tree): boolean {
  return isMapping(item) && !isBlank(item.email);
}
