import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPeer, type HttpPeer } from '../../../../../test/harness/http-peer.ts';
import { closed, deployEvent, offlineAlert, offlineAlerts } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { createHttpClient } from '../http/client.ts';
import { describeIris } from './describe.ts';
import { createIrisReceiver } from './receiver.ts';

const now = 1_795_168_800_123;

describe('Iris', () => {
  let peer: HttpPeer;
  beforeEach(async () => {
    peer = await createHttpPeer(({ path }) =>
      path === '/iris/v0/incidents' ? { status: 201, body: '2590447' } : { status: 200, body: '{"active": false}' },
    );
  });
  afterEach(() => peer.close());

  it('is asked to open an incident, signed for the moment, and to end it when the alert is over', async () => {
    const receiver = createIrisReceiver({
      name: 'iris',
      url: `${peer.url}/iris`,
      app: 'healthapp',
      key: 'the key',
      plan: 'ops',
      http: createHttpClient({ env: {} }),
      now: () => now,
    });
    const patient = AbortSignal.timeout(30_000);
    const receipt = await receiver.send(receiver.describe(factsOf(offlineAlert, 'created')), patient);
    expect(receipt).toBe('2590447');
    const over = factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed', { receipt });
    await receiver.send(receiver.describe(over), patient);
    await receiver.close();

    const [opened, ended] = peer.asked;
    expect(opened).toMatchObject({ method: 'POST', path: '/iris/v0/incidents' });
    const body = opened?.body ?? '';
    const digest = createHmac('sha512', 'the key')
      .update(`359033760 POST /iris/v0/incidents ${body}`)
      .digest('base64url');
    // Iris keeps the padding, which base64url leaves out.
    expect(opened?.headers.authorization?.replace(/=+$/, '')).toBe(`hmac healthapp:${digest}`);
    expect(JSON.parse(body)).toMatchObject({ plan: 'ops', context: { server: 'db-1.example.com', kind: 'offline' } });
    expect(ended).toMatchObject({ method: 'POST', path: '/iris/v0/incidents/2590447' });
    expect(JSON.parse(ended?.body ?? '')).toMatchObject({ owner: 'healthapp' });
  });

  it.each(
    Object.entries({
      created: factsOf(offlineAlert, 'created'),
      'a deploy': factsOf(deployEvent, 'happened'),
      ongoing: factsOf(offlineAlert, 'ongoing', { number: 1, receipt: '1' }),
      closed: factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed', { receipt: '1' }),
      'closed one of a group': groupFactsOf([closed(offlineAlerts(3)[0], 'recovered', 1)], 'closed', {
        root: 'group-1',
        rootSize: 3,
        receipt: '1',
      }),
      grouped: groupFactsOf(offlineAlerts(3), 'created'),
      test: factsOf(offlineAlert, 'test'),
    }),
  )('is told: %s', (_name, facts) => {
    expect(describeIris(facts, null)).toMatchSnapshot();
  });

  it('is given no more than it takes', () => {
    const payload = describeIris(groupFactsOf(offlineAlerts(3000), 'created'), null);
    expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(65_535);
  });
});
