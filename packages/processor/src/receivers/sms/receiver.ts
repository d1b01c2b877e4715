import { Permanent } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Receiver } from '../../ports.ts';
import type { HttpClient } from '../http/client.ts';
import { assertTaken, jsonIn, type Peer, quoted, retryable } from '../http/verdict.ts';
import { describeSms, type SmsMessage } from './describe.ts';
import { infobipWords } from './infobip-words.ts';

export interface SmsReceiverOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly from: string;
  /** Digits alone. */
  readonly to: readonly string[];
  readonly remindEveryMs: number | null;
  readonly http: HttpClient;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

/** What became of one recipient's message, as Infobip says it. */
interface Outcome {
  readonly to: string;
  readonly group: string;
  /** `REJECTED_PREFIX_MISSING` */
  readonly status: string;
  readonly description: string;
}

/** Rejections that somebody mends within the day: money, a sender that is being registered, a route. */
const passing =
  /NOT_ENOUGH_CREDITS|PREPAID_PACKAGE_EXPIRED|NETWORK|ROUTE_NOT_AVAILABLE|SENDER|SOURCE|FLOODING|SYSTEM_ERROR/;
/** Messages of which some recipients have theirs; more than this are not remembered. */
const mostUnfinished = 1000;

/**
 * `POST /sms/3/messages`: https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages.
 *
 * Infobip says of each recipient by itself whether it takes the message. Who has it is not sent it again: who was
 * refused for good is logged, and who was put off makes `send` throw Retryable, and the next attempt at the same
 * message goes to them alone. That is remembered in memory.
 */
export function createSmsReceiver(options: SmsReceiverOptions, logger: Logger): Receiver<SmsMessage> {
  const { name, baseUrl, apiKey, from, http, now, remindEveryMs } = options;
  const peer: Peer = { name: 'Infobip', secrets: [apiKey] };
  const log = logger.child({ receiver: name });
  const unfinished = new Map<string, readonly string[]>();

  function settle({ id }: SmsMessage, asked: readonly string[], outcomes: readonly Outcome[]): void {
    const refused = outcomes.filter(({ group }) => group === 'REJECTED' || group === 'UNDELIVERABLE');
    unfinished.delete(id);
    if (refused.length === 0) return;
    const words = refused.map(({ to, status, description }) => `${to}: ${status} ${description}`).join('; ');
    const putOff = refused.filter(({ status }) => passing.test(status));
    if (putOff.length > 0) {
      const [oldest] = unfinished.keys();
      if (unfinished.size >= mostUnfinished && oldest !== undefined) unfinished.delete(oldest);
      unfinished.set(
        id,
        putOff.map(({ to }) => to),
      );
      throw retryable(
        `Infobip has not taken the message for all recipients yet${quoted(words, peer)}`,
        null,
        'recipient',
      );
    }
    if (refused.length >= asked.length && asked.length === options.to.length) {
      throw new Permanent(`Infobip refused every recipient${quoted(words, peer)}`, { reason: 'recipient' });
    }
    log.warn('infobip refused some recipients for good; the others have the message', { notification: id, words });
  }

  return {
    name,
    kind: 'sms',
    remindEveryMs,
    describe: (facts) => describeSms(facts, remindEveryMs),
    async send(message, signal) {
      const to = unfinished.get(message.id) ?? options.to;
      const destinations = to.map((number) => ({ to: number }));
      const body = JSON.stringify({ messages: [{ sender: from, destinations, content: { text: message.text } }] });
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `App ${apiKey}`,
      };
      const url = `${baseUrl}/sms/3/messages`;
      const answer = await http.exchange({ method: 'POST', url, headers, body }, signal);
      assertTaken({ ...answer, text: infobipWords(answer.text) }, peer, now());
      settle(message, to, outcomesIn(answer.text));
      return null;
    },
    close: () => http.close(),
  };
}

function outcomesIn(text: string): Outcome[] {
  const messages = jsonIn(text)?.messages;
  if (!Array.isArray(messages)) return [];
  const told = (value: unknown) => (typeof value === 'string' ? value : '');
  return messages.flatMap((message: Record<string, unknown> | null): Outcome[] => {
    const status = (message?.status ?? {}) as Record<string, unknown>;
    const to = told(message?.destination ?? message?.to);
    return [{ to, group: told(status.groupName), status: told(status.name), description: told(status.description) }];
  });
}
