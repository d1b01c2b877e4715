/** The local mailbox: what would have been mailed under `healthapp up` without a mail server. */
import type { MailView } from '../wire/api.ts';
import type { Partition } from './partition.ts';

/** The newest are kept; older ones make room. */
const messagesKept = 200;

/** A message that is there already (the same id, on a repeat) is not put in twice. */
export async function putMail(partition: Partition, message: MailView): Promise<void> {
  const { keys, redis } = partition;
  const kept = await allMail(partition);
  if (kept.some((mail) => mail.id === message.id)) return;
  await redis
    .multi()
    .lpush(keys.mailbox, JSON.stringify(message))
    .ltrim(keys.mailbox, 0, messagesKept - 1)
    .exec();
}

/** Newest first. */
export async function allMail(partition: Partition): Promise<MailView[]> {
  const texts = await partition.redis.lrange(partition.keys.mailbox, 0, -1);
  return texts.map((text) => JSON.parse(text) as MailView);
}
