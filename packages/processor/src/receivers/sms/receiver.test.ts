import { readFileSync } from 'node:fs';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPeer, type HttpPeer } from '../../../../../test/harness/http-peer.ts';
import { schemaCheck } from '../../../../../test/harness/json-schema.ts';
import { closed, harmfulAlert, offlineAlert, offlineAlerts, openedAt } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import { createHttpClient } from '../http/client.ts';
import { createSmsReceiver } from './receiver.ts';

const published = JSON.parse(
  readFileSync(new URL('../testing/infobip-request.json', import.meta.url), 'utf8'),
) as object;

let peer: HttpPeer;
beforeEach(async () => {
  peer = await createHttpPeer(() => ({ status: 200, body: JSON.stringify({ messages: [] }) }));
});
afterEach(() => peer.close());

describe('what Infobip is asked', () => {
  it.each(
    Object.entries({
      'an opening': factsOf(offlineAlert, 'created'),
      'a closing': factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed'),
      'many together': groupFactsOf(offlineAlerts(300), 'created'),
      'harmful names': factsOf(harmfulAlert, 'created'),
      'a test': factsOf(offlineAlert, 'test'),
    }),
  )('for %s is what its API describes', async (_name, facts) => {
    const receiver = createSmsReceiver(
      {
        name: 'oncall',
        baseUrl: peer.url,
        apiKey: 'a-key',
        from: 'HealthApp',
        to: ['441234567890', '441234567891'],
        remindEveryMs: null,
        http: createHttpClient({ env: {} }),
        now: () => openedAt,
      },
      silentLogger,
    );
    await receiver.send(receiver.describe(facts), new AbortController().signal);
    await receiver.close();
    expect(peer.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /sms/3/messages']);
    for (const { body } of peer.asked) expect(schemaCheck(published)(JSON.parse(body))).toBeNull();
  });
});
