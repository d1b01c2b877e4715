import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPeer, type HttpPeer } from '../../../../../test/harness/http-peer.ts';
import { closed, deployEvent, offlineAlert, offlineAlerts } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { createHttpClient } from '../http/client.ts';
import { describeWebhook } from './describe.ts';
import { createWebhookReceiver } from './receiver.ts';

const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('a webhook', () => {
  let peer: HttpPeer;
  beforeEach(async () => {
    peer = await createHttpPeer(() => ({ status: 200, body: 'ok' }));
  });
  afterEach(() => peer.close());

  it('is verified by the library of Standard Webhooks, and is the same message when it is repeated', async () => {
    const receiver = createWebhookReceiver({
      name: 'hook',
      url: `${peer.url}/in?x=1`,
      key: Buffer.from(secret, 'base64'),
      remindEveryMs: null,
      http: createHttpClient({ env: {} }),
      now: Date.now,
    });
    const message = receiver.describe(factsOf(offlineAlert, 'created', { receiver: 'hook' }));
    await receiver.send(message, AbortSignal.timeout(30_000));
    await receiver.send(message, AbortSignal.timeout(30_000));
    await receiver.close();
    const [first, second] = peer.asked;
    expect(first).toMatchObject({ method: 'POST', path: '/in?x=1' });
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(first?.headers['webhook-id']).toBe('01JD4W9Q6Z_hook_created');
    const verified = new Webhook(`whsec_${secret}`).verify(
      first?.body ?? '',
      first?.headers as Record<string, string>,
    ) as { type: string };
    expect(verified.type).toBe('alert.created');
  });

  it('follows no redirect, and says where it leads', async () => {
    const moved = await createHttpPeer(() => ({ status: 307, headers: { location: peer.url } }));
    const http = createHttpClient({ env: {} });
    const common = { name: 'hook', key: Buffer.from(secret), remindEveryMs: null, now: Date.now };
    const receiver = createWebhookReceiver({ ...common, url: moved.url, http });
    const sending = receiver.send(receiver.describe(factsOf(offlineAlert, 'created')), AbortSignal.timeout(30_000));
    await expect(sending).rejects.toThrow(/redirects are not followed/);
    expect(peer.asked).toHaveLength(0);
    await receiver.close();
    await moved.close();
  });

  it('reads no more of an answer than it needs', async () => {
    const endless = await createHttpPeer(() => ({ status: 500, body: 'x'.repeat(10_000_000) }));
    const http = createHttpClient({ env: {} });
    const common = { name: 'hook', key: Buffer.from(secret), remindEveryMs: null, now: Date.now };
    const receiver = createWebhookReceiver({ ...common, url: endless.url, http });
    const failure = await receiver
      .send(receiver.describe(factsOf(offlineAlert, 'created')), AbortSignal.timeout(30_000))
      .catch((error: unknown) => error);
    expect((failure as Error).message.length).toBeLessThan(500);
    await receiver.close();
    await endless.close();
  });

  it.each(
    Object.entries({
      created: factsOf(offlineAlert, 'created'),
      ongoing: factsOf(offlineAlert, 'ongoing', { number: 1, now: offlineAlert.createdAt + 300_000 }),
      'a deploy': factsOf(deployEvent, 'happened'),
      closed: factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed'),
      grouped: groupFactsOf(offlineAlerts(2), 'created'),
      test: factsOf(offlineAlert, 'test'),
    }),
  )('says as data what happened: %s', (_name, facts) => {
    const { id, body } = describeWebhook(facts, null);
    expect({ id, body: JSON.parse(body) }).toMatchSnapshot();
  });

  it('lists the first 1,000 of 3,000 alerts, and says how many there are', () => {
    const { data } = JSON.parse(describeWebhook(groupFactsOf(offlineAlerts(3000), 'created'), null).body);
    expect(data.alertCount).toBe(3000);
    expect(data.alerts).toHaveLength(1000);
  });
});
