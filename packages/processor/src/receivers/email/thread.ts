/** Message-IDs that are equal on a repeat, and the headers that make one thread of one alert's mails. */
import { domainToASCII } from 'node:url';
import type { AlertFacts, NotificationFacts } from '@healthapp/shared/domain/notification';

export interface Thread {
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}

/** Alerts that began in several mails: so many of these are referred to. */
const mostRoots = 20;

/**
 * The mails of one alert refer to its first one, be that about this alert alone or about several. They
 * also share a reference to an id that no mail has: without it, Gmail joins the first mail to last
 * night's thread, which had the same subject and sender. Its rule: "references headers that
 * consistently refer to the same message ID"
 * (https://workspaceupdates.googleblog.com/2019/03/threading-changes-in-gmail-conversation-view.html).
 * Other clients show a thread whose root they do not have from its first mail on.
 *
 * A mail about alerts that began in several mails answers the one in which most of them did. Programs
 * read References as a line of descent whose last member is the parent, and leave alone what has a
 * parent already (https://www.jwz.org/doc/threading.html): the other roots stand in the middle, where
 * they make no thread the child of another.
 */
export function threadOf(facts: NotificationFacts, sender: string): Thread {
  const domain = messageIdDomain(sender);
  const messageId = bracketed(facts.id, domain);
  if (facts.event === 'test') return { messageId, inReplyTo: null, references: [] };
  const [root, ...others] = rootsOf(facts);
  const parent = bracketed(root, domain);
  const start = bracketed(`${root}.thread`, domain);
  if (messageId === parent) return { messageId, inReplyTo: null, references: [start] };
  const between = others.slice(0, mostRoots - 1).map((other) => bracketed(other, domain));
  return { messageId, inReplyTo: parent, references: [start, ...between, parent] };
}

/** Where the alerts began, that of most of them first; among equals in the order of the alerts. */
function rootsOf({ alerts }: AlertFacts): [string, ...string[]] {
  const counts = new Map<string, number>();
  for (const { root } of alerts) counts.set(root, (counts.get(root) ?? 0) + 1);
  const roots = [...counts].sort(([, one], [, other]) => other - one).map(([root]) => root);
  return [roots[0] ?? alerts[0].root, ...roots.slice(1)];
}

const hostname = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** The domain of the sender's address, as it stands behind the @ of a Message-ID. */
export function messageIdDomain(sender: string): string {
  const afterAt = /@([^@<>\s]+)>?\s*$/.exec(sender)?.[1] ?? '';
  const domain = domainToASCII(afterAt).toLowerCase();
  return domain.length <= 253 && hostname.test(domain) ? domain : 'healthapp.invalid';
}

/** RFC 5322 `msg-id`: what `dot-atom-text` does not hold is written as the hexadecimal of its UTF-8 bytes. */
function bracketed(id: string, domain: string): string {
  return `<${atomText(id)}@${domain}>`;
}

export function atomText(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    Array.from(Buffer.from(character, 'utf8'), (byte) => `=${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
