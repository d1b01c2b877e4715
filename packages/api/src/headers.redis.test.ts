import { Secret } from '@healthapp/shared/config/secret';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

const policy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(inject('redisUrl'), { trustedProxies: ['127.0.0.1'], auth: signIn });
});
afterAll(() => api.close());

const signIn = {
  mode: 'sign-in' as const,
  given: true,
  acceptOriginalAgents: false,
  sessionIdleMs: 60_000,
  sessionAbsoluteMs: 600_000,
  proxy: null,
  firstOperator: { user: 'ann', password: new Secret('a password of ten words') },
};
const html = { accept: 'text/html' };

describe('every answer to a browser', () => {
  it.each([
    ['the page', 'GET', '/', html, 200],
    ['a page of the app', 'GET', '/server/web-1', html, 200],
    ['a file that is not there', 'GET', '/assets/none.js', {}, 404],
    ['JSON', 'GET', '/healthz', {}, 200],
    ['a refusal for want of a sign-in', 'GET', '/api/v1/servers', {}, 401],
    ['a refusal of a foreign page', 'POST', '/api/v1/session', { origin: 'https://evil.example' }, 403],
    ['nothing', 'DELETE', '/nothing', {}, 404],
  ])('has the headers that keep it safe: %s', async (_, method, path, headers, status) => {
    const answer = await api.request(method, path, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers.server).toBeUndefined();
  });

  it('asks for TLS from now on when it went out by TLS', async () => {
    const secure = await api.request('GET', '/', { headers: { ...html, 'x-forwarded-proto': 'https' } });
    expect(secure.headers['strict-transport-security']).toBe('max-age=31536000');
    const plain = await api.request('GET', '/', { headers: { ...html, 'x-forwarded-proto': 'http' } });
    expect(plain.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('a stranger who asks again and again', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const ask = (count: number, path: string, headers: Record<string, string>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, () => api.request('GET', path, { headers })));
  const count = (answers: readonly Answer[], status: number) => answers.filter((one) => one.status === status).length;

  it('is told to wait instead of why it is refused, and another address is not', async () => {
    const answers = await ask(800, '/api/v1/servers', from('192.0.2.1'));
    expect(count(answers, 401)).toBeGreaterThanOrEqual(200);
    expect(count(answers, 429)).toBeGreaterThan(0);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(refused?.headers['www-authenticate']).toBeUndefined();
    expect(refused?.headers['content-security-policy']).toBe(policy);
    expect(count(await ask(5, '/api/v1/servers', from('192.0.2.2')), 401)).toBe(5);
  });

  it('cannot make a balancer see a dead API, nor take the page from its neighbours for long', async () => {
    expect(count(await ask(1500, '/healthz', from('192.0.2.3')), 200)).toBe(1500);
    expect(count(await ask(1500, '/readyz', from('192.0.2.3')), 200)).toBe(1500);
    expect(count(await ask(1000, '/', from('192.0.2.3')), 200)).toBe(1000);
  });
});
