import { type FailureReason, Permanent } from '@healthapp/shared/runtime/errors';
import type { Receiver } from '../../ports.ts';
import type { HttpClient } from '../http/client.ts';
import { assertTaken, jsonIn, type Peer, quoted, retryAfterMs, retryable, secretsIn } from '../http/verdict.ts';
import { describeSlack, type SlackMessage, type SlackPayload } from './describe.ts';

export interface SlackReceiverOptions {
  readonly name: string;
  readonly by:
    | { readonly kind: 'bot'; readonly apiUrl: string; readonly token: string; readonly channel: string }
    /** It takes messages and no more: nothing is renewed or threaded. */
    | { readonly kind: 'incoming-webhook'; readonly url: string };
  readonly remindEveryMs: number | null;
  readonly http: HttpClient;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

/** Where the first message of an alert stands: its channel's id, and its time, which is its name there. */
interface SlackPlace {
  readonly channel: string;
  readonly ts: string;
}

/** Slack's word for a refusal, such as `channel_not_found`. */
class SlackRefusal extends Permanent {
  readonly word: string;

  constructor(word: string, message: string) {
    super(message, { reason: causes.get(word)?.reason ?? 'rejected' });
    this.word = word;
  }
}

/** Of the errors that https://docs.slack.dev/reference/methods/chat.postMessage lists, those that pass. */
const passing: ReadonlyMap<string, FailureReason> = new Map([
  ['ratelimited', 'rate-limited'],
  ['rate_limited', 'rate-limited'],
  ['message_limit_exceeded', 'rate-limited'],
  ['internal_error', 'unavailable'],
  ['fatal_error', 'unavailable'],
  ['service_unavailable', 'unavailable'],
  ['request_timeout', 'timeout'],
  ['team_added_to_org', 'unavailable'],
]);

/** The first message cannot be changed any more (it was deleted, or is too old for the workspace's rules). */
const unchangeable: readonly string[] = ['message_not_found', 'cant_update_message', 'edit_window_closed'];
const threadless: readonly string[] = ['thread_not_found', 'message_not_found', 'cannot_reply_to_message'];

/** The refusals that configuration causes, and what a person can do about them. */
const causes: ReadonlyMap<string, { readonly reason: FailureReason; readonly remedy: string }> = new Map([
  ['channel_not_found', { reason: 'recipient', remedy: 'look at channel, and invite the bot to it' }],
  ['not_in_channel', { reason: 'recipient', remedy: 'invite the bot to the channel' }],
  ['is_archived', { reason: 'recipient', remedy: 'the channel is archived' }],
  ['invalid_auth', { reason: 'credentials', remedy: 'look at token' }],
  ['not_authed', { reason: 'credentials', remedy: 'look at token' }],
  ['token_revoked', { reason: 'credentials', remedy: 'make a new token' }],
  ['token_expired', { reason: 'credentials', remedy: 'make a new token' }],
  ['account_inactive', { reason: 'credentials', remedy: 'make a new token' }],
  ['missing_scope', { reason: 'credentials', remedy: 'give the bot the scope chat:write' }],
]);

export function createSlackReceiver(options: SlackReceiverOptions): Receiver<SlackPayload> {
  const { name, by, http, now, remindEveryMs } = options;

  async function call(
    bot: Extract<SlackReceiverOptions['by'], { kind: 'bot' }>,
    method: 'chat.postMessage' | 'chat.update',
    body: object,
    signal: AbortSignal,
  ): Promise<SlackPlace> {
    const peer: Peer = { name: 'Slack', secrets: [bot.token] };
    const headers = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${bot.token}` };
    const url = `${bot.apiUrl}/${method}`;
    const answer = await http.exchange({ method: 'POST', url, headers, body: JSON.stringify(body) }, signal);
    assertTaken(answer, peer, now());
    const tree = jsonIn(answer.text);
    if (tree === undefined)
      throw retryable(`Slack answered something else than JSON${quoted(answer.text, peer)}`, null);
    if (tree.ok === true && typeof tree.ts === 'string' && typeof tree.channel === 'string') {
      return { channel: tree.channel, ts: tree.ts };
    }
    const word = typeof tree.error === 'string' ? tree.error : '';
    const cause = causes.get(word);
    const said = `Slack refused the message${quoted(word, peer)}${cause === undefined ? '' : `: ${cause.remedy}`}`;
    const passes = word === '' ? 'unavailable' : passing.get(word);
    if (passes !== undefined) throw retryable(said, retryAfterMs(answer.headers['retry-after'], now()), passes);
    throw new SlackRefusal(word, said);
  }

  async function byBot(
    bot: Extract<SlackReceiverOptions['by'], { kind: 'bot' }>,
    payload: SlackPayload,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (payload.kind === 'begin') {
      return JSON.stringify(await call(bot, 'chat.postMessage', posted(bot.channel, payload.message), signal));
    }
    const first = placeIn(payload.first);
    if (first === null) {
      await call(bot, 'chat.postMessage', posted(bot.channel, payload.message), signal);
      return null;
    }
    if (payload.renewed !== null) {
      await call(bot, 'chat.update', { ...first, ...payload.renewed }, signal).catch(unless(unchangeable));
    }
    const reply = { ...posted(first.channel, payload.message), thread_ts: first.ts };
    const replied = await call(bot, 'chat.postMessage', reply, signal).catch(unless(threadless));
    if (replied === undefined) await call(bot, 'chat.postMessage', posted(bot.channel, payload.message), signal);
    return null;
  }

  return {
    name,
    kind: 'slack',
    remindEveryMs,
    describe: (facts) => describeSlack(facts, remindEveryMs),
    async send(payload, signal) {
      if (by.kind === 'bot') return byBot(by, payload, signal);
      // Slack answers a plain `ok`, or a word with a 4xx.
      const peer: Peer = { name: 'Slack', secrets: secretsIn(by.url) };
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const body = JSON.stringify(payload.message);
      assertTaken(await http.exchange({ method: 'POST', url: by.url, headers, body }, signal), peer, now());
      return null;
    },
    close: () => http.close(),
  };
}

function posted(channel: string, message: SlackMessage): object {
  return { channel, ...message, unfurl_links: false, unfurl_media: false };
}

/** Passes over Slack's refusals with these words. */
function unless(words: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof SlackRefusal && words.includes(error.word)) return undefined;
    throw error;
  };
}

function placeIn(receipt: string): SlackPlace | null {
  const tree = jsonIn(receipt);
  return typeof tree?.channel === 'string' && typeof tree.ts === 'string'
    ? { channel: tree.channel, ts: tree.ts }
    : null;
}
