import { Permanent } from '@healthapp/shared/runtime/errors';
import type { Receiver } from '../../ports.ts';
import type { HttpAnswer, HttpClient } from '../http/client.ts';
import { assertTaken, jsonIn, type Peer, quoted, retryable, secretsIn } from '../http/verdict.ts';
import { describeMattermost, type MattermostPayload } from './describe.ts';

export interface MattermostReceiverOptions {
  readonly name: string;
  readonly by:
    | { readonly kind: 'bot'; readonly url: string; readonly token: string; readonly channelId: string }
    /** It takes messages and no more: nothing is renewed or threaded. */
    | { readonly kind: 'incoming-webhook'; readonly url: string };
  readonly remindEveryMs: number | null;
  readonly http: HttpClient;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

type Bot = Extract<MattermostReceiverOptions['by'], { kind: 'bot' }>;

/**
 * Posts by `POST /api/v4/posts` and changes by `PUT /api/v4/posts/{id}/patch`, which leaves alone what somebody did to the
 * post meanwhile, as pinning it: https://developers.mattermost.com/api-documentation/#/operations/CreatePost.
 */
export function createMattermostReceiver(options: MattermostReceiverOptions): Receiver<MattermostPayload> {
  const { name, by, http, now, remindEveryMs } = options;
  const peer: Peer = {
    name: `Mattermost at ${new URL(by.url).host}`,
    secrets: by.kind === 'bot' ? [by.token] : secretsIn(by.url),
  };

  function ask(bot: Bot, method: 'POST' | 'PUT', path: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bot.token}` };
    return http.exchange({ method, url: `${bot.url}/api/v4${path}`, headers, body: JSON.stringify(body) }, signal);
  }

  /** @param rootId of the post whose thread it belongs to. @returns the post's id. */
  async function post(bot: Bot, message: string, rootId: string | null, signal: AbortSignal): Promise<string> {
    const thread = rootId === null ? {} : { root_id: rootId };
    const answer = await ask(bot, 'POST', '/posts', { channel_id: bot.channelId, message, ...thread }, signal);
    assertTaken(answer, peer, now());
    const id = jsonIn(answer.text)?.id;
    if (typeof id === 'string') return id;
    throw retryable(`${peer.name} answered something else than a post${quoted(answer.text, peer)}`, null);
  }

  async function byBot(bot: Bot, payload: MattermostPayload, signal: AbortSignal): Promise<string | null> {
    if (payload.kind === 'begin') return post(bot, payload.message, null, signal);
    const { first, renewed, message } = payload;
    if (renewed !== null) {
      const changed = await ask(bot, 'PUT', `/posts/${encodeURIComponent(first)}/patch`, { message: renewed }, signal);
      // Deleted, or too old to be changed by the server's rules: then the thread alone says it.
      if (![400, 403, 404].includes(changed.status)) assertTaken(changed, peer, now());
    }
    try {
      await post(bot, message, first, signal);
    } catch (error) {
      // The post that began the thread was deleted (`api.post.create_post.root_id.app_error`).
      if (!(error instanceof Permanent) || !/root/i.test(error.message)) throw error;
      await post(bot, message, null, signal);
    }
    return null;
  }

  return {
    name,
    kind: 'mattermost',
    remindEveryMs,
    describe: (facts) => describeMattermost(facts, remindEveryMs),
    async send(payload, signal) {
      if (by.kind === 'bot') return byBot(by, payload, signal);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ text: payload.message });
      assertTaken(await http.exchange({ method: 'POST', url: by.url, headers, body }, signal), peer, now());
      return null;
    },
    close: () => http.close(),
  };
}
