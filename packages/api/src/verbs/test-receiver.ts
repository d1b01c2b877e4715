import { randomBytes } from 'node:crypto';
import { readLeadership } from '@healthapp/shared/redis/leadership';
import { readTest, requestTest } from '@healthapp/shared/redis/receiver-test';
import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';

/** A request to the API lives for 15 s. A receiver may take longer, which then shows in its health. */
const patienceMs = 12_000;
const lookEveryMs = 100;

/**
 * Has the leader send a test message and waits for what comes of it. The API has no receivers of its own, so what
 * is tried is the very way that an alert would go.
 */
export async function testReceiver(partitions: Partitions, name: string, gone: AbortSignal): Promise<ReceiverTestView> {
  const partition = partitions.first();
  const { leader, receivers } = await readLeadership(partition);
  if (leader === null) throw new HttpProblem(503, 'no processor is running that could send it', { retryAfterS: 5 });
  const id = await requestTest(partition, name, randomBytes(6).toString('hex'));
  if (id === null) {
    const names = receivers.map((receiver) => receiver.name).join(', ');
    throw new HttpProblem(
      404,
      `no receiver is called ${name}${names === '' ? ': none is configured' : `; there are ${names}`}`,
    );
  }
  const began = performance.now();
  while (performance.now() - began < patienceMs && !gone.aborted) {
    const test = await readTest(partition, id);
    if (test !== null && test.state !== 'waiting') {
      const accepted = test.state === 'accepted';
      const words = accepted ? null : (test.lastError ?? `the test ended as ${test.state}`);
      return { receiver: name, accepted, words, tookMs: Math.round(performance.now() - began) };
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new HttpProblem(504, `${name} has not answered within 12 s; GET /api/v1/receivers tells what comes of it`);
}
