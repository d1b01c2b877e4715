/** Message-IDs that are equal on a repeat, and the headers that make one thread of one alert's mails. */
import { domainToASCII } from 'node:url';
import { type NotificationFacts, notificationId } from '@healthapp/shared/domain/notification';

export interface Thread {
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}

/**
 * The mails of one alert refer to its first one. They also share a reference to an id that no mail
 * has: without it, Gmail joins the first mail to last night's thread, which had the same subject and
 * sender. Its rule: "references headers that consistently refer to the same message ID"
 * (https://workspaceupdates.googleblog.com/2019/03/threading-changes-in-gmail-conversation-view.html).
 * Other clients show a thread whose root they do not have from its first mail on.
 */
export function threadOf(facts: NotificationFacts, sender: string): Thread {
  const domain = messageIdDomain(sender);
  const messageId = bracketed(facts.id, domain);
  if (facts.event === 'test') return { messageId, inReplyTo: null, references: [] };
  const root = bracketed(`${facts.alert.id}.${facts.receiver}`, domain);
  const first = bracketed(notificationId(facts.alert.id, facts.receiver, 'created'), domain);
  if (messageId === first) return { messageId, inReplyTo: null, references: [root] };
  return { messageId, inReplyTo: first, references: [root, first] };
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
