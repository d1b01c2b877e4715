import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPeer, type GivenAnswer, type HttpPeer } from '../../../../../test/harness/http-peer.ts';
import { schemaCheck } from '../../../../../test/harness/json-schema.ts';
import { closed, harmfulAlert, offlineAlert, offlineAlerts, openedAt } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { createHttpClient } from '../http/client.ts';
import { createMattermostReceiver } from './receiver.ts';

const minute = 60_000;
const postId = 'post1post1post1post1post1p';
const published = JSON.parse(
  readFileSync(new URL('../testing/mattermost-requests.json', import.meta.url), 'utf8'),
) as Record<string, object>;

let peer: HttpPeer;
let answers: GivenAnswer[];

beforeEach(async () => {
  answers = [];
  const taken = { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: postId }) };
  peer = await createHttpPeer(() => answers.shift() ?? taken);
});
afterEach(() => peer.close());

async function send(facts: Parameters<ReturnType<typeof createMattermostReceiver>['describe']>[0]) {
  const receiver = createMattermostReceiver({
    name: 'mm',
    by: { kind: 'bot', url: peer.url, token: 'a-token', channelId: 'abcdefghijklmnopqrstuvwxy1' },
    remindEveryMs: null,
    http: createHttpClient({ env: {} }),
    now: () => openedAt,
  });
  try {
    const receipt = await receiver.send(receiver.describe(facts), new AbortController().signal);
    return { receipt, asked: peer.asked.map(({ method, path }) => `${method} ${path}`) };
  } finally {
    await receiver.close();
  }
}

const over = closed(offlineAlert, 'recovered', 25 * minute);
const cases = {
  'an opening': factsOf(offlineAlert, 'created'),
  'a reminder': factsOf(offlineAlert, 'ongoing', { number: 1, now: openedAt + 5 * minute, receipt: postId }),
  'a closing': factsOf(over, 'closed', { receipt: postId }),
  'many together': groupFactsOf(offlineAlerts(300), 'created'),
  'harmful names': factsOf(harmfulAlert, 'created'),
  'a test': factsOf(offlineAlert, 'test'),
};

describe('what Mattermost is asked', () => {
  it.each(Object.entries(cases))('for %s is what its API describes', async (_name, facts) => {
    await send(facts);
    expect(peer.asked.length).toBeGreaterThan(0);
    for (const { method = '', body } of peer.asked) {
      expect(schemaCheck(published[method] ?? {})(JSON.parse(body))).toBeNull();
    }
  });

  it('begins a thread, renews its first post without touching the rest of it, and answers in the thread', async () => {
    expect(await send(cases['an opening'])).toEqual({ receipt: postId, asked: ['POST /api/v4/posts'] });
    const { asked } = await send(cases['a closing']);
    expect(asked.slice(1)).toEqual([`PUT /api/v4/posts/${postId}/patch`, 'POST /api/v4/posts']);
    expect(JSON.parse(peer.asked.at(-1)?.body ?? '')).toMatchObject({ root_id: postId });
  });

  it('goes on in a new post when the first one was deleted', async () => {
    answers = [
      { status: 404, body: JSON.stringify({ id: 'app.post.get.app_error', message: 'gone' }) },
      {
        status: 400,
        body: JSON.stringify({ id: 'api.post.create_post.root_id.app_error', message: 'Invalid RootId' }),
      },
    ];
    const { asked } = await send(cases['a closing']);
    expect(asked).toEqual([`PUT /api/v4/posts/${postId}/patch`, 'POST /api/v4/posts', 'POST /api/v4/posts']);
    expect(JSON.parse(peer.asked.at(-1)?.body ?? '')).not.toHaveProperty('root_id');
  });
});
