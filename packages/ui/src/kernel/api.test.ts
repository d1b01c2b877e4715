import { describe, expect, it } from 'vitest';
import { statusView } from '../testing/views.ts';
import { createApi } from './api.ts';
import type { ApiFault } from './api-request.ts';
import { everyServer } from './server-list.ts';

function start(answer: () => Response | Promise<Response>) {
  const asked: string[] = [];
  const sent: unknown[] = [];
  const times: number[] = [];
  const api = createApi({
    fetch: async (input, init) => {
      asked.push(String(input));
      sent.push([init?.method, init?.body ?? null]);
      return answer();
    },
    now: () => 0,
    onTime: (time) => times.push(time),
  });
  return { api, asked, sent, times };
}

const signal = new AbortController().signal;
const faultOf = (promise: Promise<unknown>) => promise.then(undefined, (fault: ApiFault) => fault);

describe('the API', () => {
  it('is asked for a page of servers with only what narrows it', async () => {
    const { api, asked } = start(() => Response.json({ servers: [], nextCursor: null }));
    await api.servers({ ...everyServer, label: 'env=prod' }, { cursor: null, limit: 200 }, signal);
    expect(asked).toEqual(['/api/v1/servers?label=env%3Dprod&sort=state&limit=200']);
  });

  it('is asked for a server by its name as it is: it needs no encoding', async () => {
    const { api, asked } = start(() => Response.json({}));
    await api.server('heroku:my-app', signal);
    expect(asked).toEqual(['/api/v1/servers/heroku:my-app']);
  });

  it('is not asked for what can be no name', async () => {
    const { api, asked } = start(() => Response.json({}));
    expect(await faultOf(api.server('..', signal))).toMatchObject({ status: 404 });
    expect(asked).toEqual([]);
  });

  it('says in its own words why it refuses', async () => {
    const problem = { type: 'about:blank', title: 'Redis is not reachable', status: 503, detail: 'Try later.' };
    const { api } = start(() => Response.json(problem, { status: 503 }));
    expect(await faultOf(api.status(signal))).toMatchObject({
      status: 503,
      title: 'Redis is not reachable',
      message: 'Try later.',
    });
  });

  it("is not blamed for a proxy's page in HTML", async () => {
    const { api } = start(() => new Response('<html>', { status: 502 }));
    expect(await faultOf(api.status(signal))).toMatchObject({ status: 502, title: 'The API answered 502' });
  });

  it('may be out of reach', async () => {
    const { api } = start(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await faultOf(api.status(signal))).toMatchObject({ status: null, title: 'The API does not answer' });
  });

  it('is told what somebody does, each time by the verb for it', async () => {
    const { api, asked, sent } = start(() => Response.json({}));
    await api.acknowledge('a 1', 'on it');
    await api.takeBackAcknowledgement('a 1');
    await api.revoke('web-1');
    expect(asked).toEqual(['/api/v1/alerts/a%201/ack', '/api/v1/alerts/a%201/ack', '/api/v1/servers/web-1/revoke']);
    expect(sent).toEqual([
      ['POST', '{"comment":"on it"}'],
      ['DELETE', null],
      ['POST', null],
    ]);
  });

  it('need not answer what is done with anything', async () => {
    const { api, asked } = start(() => new Response(null, { status: 204 }));
    await api.endSilence('s1');
    await api.forget('web-1');
    expect(asked).toEqual(['/api/v1/silences/s1', '/api/v1/servers/web-1']);
  });

  it('names the field that it refuses', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'endsAt: is past',
      field: 'endsAt',
    };
    const { api } = start(() => Response.json(problem, { status: 400 }));
    expect(await faultOf(api.endSilence('s1'))).toMatchObject({ field: 'endsAt', message: 'endsAt: is past' });
  });

  it('may have done what it did not answer', async () => {
    const { api } = start(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await faultOf(api.forget('web-1'))).toMatchObject({
      message: 'Whether it was done is not known: look, and then try again.',
    });
  });

  it('tells the time with its status', async () => {
    const { api, times } = start(() => Response.json(statusView({}, { time: 42 })));
    await api.status(signal);
    expect(times).toEqual([42]);
  });
});
