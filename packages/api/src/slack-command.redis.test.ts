import { createHmac } from 'node:crypto';
import { Secret } from '@healthapp/shared/config/secret';
import { recordAppLogs } from '@healthapp/shared/redis/log-counts';
import type { Block } from '@healthapp/shared/wire/block-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { redisConfigOf } from '../../../test/harness/config.ts';
import { fuzzRun } from '../../../test/harness/fuzz/fuzz-run.ts';
import { nastyText } from '../../../test/harness/fuzz/hostile.ts';
import { openTestPartition } from '../../../test/harness/partition.ts';
import { createTcpProxy } from '../../../test/harness/tcp-proxy.ts';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const minute = 60_000;

let api: TestApi;
beforeAll(async () => {
  const slack = { signingSecret: new Secret(signingSecret) };
  api = await startTestApi(inject('redisUrl'), { slack, publicUrl: 'https://health.example' });
});
afterAll(() => api.close());

function post(body: string, over: Readonly<Record<string, string>> = {}, to: TestApi = api): Promise<Answer> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signature}`,
    ...over,
  };
  return to.request('POST', '/slack/command', { body, headers });
}

async function say(command: string, text = ''): Promise<{ text: string; blocks: Block[]; shown: string }> {
  const answer = await post(new URLSearchParams({ token: 'x', team_id: 'T1', command, text }).toString());
  expect([answer.status, answer.json?.response_type]).toEqual([200, 'ephemeral']);
  const { text: fallback, blocks } = answer.json as { text: string; blocks: Block[] };
  for (const block of blocks) {
    const texts = block.type === 'context' ? block.elements : 'fields' in block ? block.fields : [block.text];
    expect(texts.length).toBeGreaterThan(0);
    for (const { text } of texts) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual('fields' in block ? 2000 : 3000);
    }
  }
  expect(blocks.length).toBeLessThanOrEqual(50);
  return { text: fallback, blocks, shown: shownBy(blocks) };
}

const shownBy = (blocks: readonly Block[]) =>
  blocks
    .flatMap((block) => (block.type === 'context' ? block.elements : 'fields' in block ? block.fields : [block.text]))
    .map(({ text }) => text.replaceAll('\u200b', ''))
    .join('\n');

/** As the poller reports an app. */
function reportApp(name: string, over: Readonly<Record<string, unknown>> = {}) {
  const now = Date.now();
  return api.heartbeat(`heroku:${name}`, {
    interval: 60,
    bootId: 'one',
    heroku: {
      app: { name, owner: 'ann@example.com', region: 'eu', stack: 'heroku-24', web_url: `https://${name}.example/` },
      dynos: [
        { name: 'web.1', type: 'web', size: 'Basic', state: 'up', since: now - 90 * minute, release: 42 },
        { name: 'worker.1', type: 'worker', size: 'Basic', state: 'crashed', since: now - 5 * minute, release: 42 },
      ],
      formation: [{ type: 'web', quantity: 1, size: 'Basic' }],
      releases: [45, 44, 43, 42].map((version) => ({
        version,
        description: `Deploy ${version}`,
        user: 'bob@example.com',
        created: now - (50 - version) * minute,
        status: version === 45 ? 'failed' : 'succeeded',
      })),
      addons: [{ name: 'shop-db', service: 'heroku-postgresql', plan: 'heroku-postgresql:mini', state: 'provisioned' }],
      readAt: { dynos: now - 20_000, rest: now - 20_000 },
      ...over,
    },
  });
}

describe('who is no Slack', () => {
  it('is refused, and is told why', async () => {
    const body = 'command=%2Fhealth';
    expect((await post(body, { 'x-slack-signature': `v0=${'0'.repeat(64)}` })).status).toBe(401);
    expect((await post(body, { 'x-slack-signature': '' })).json.detail).toContain('for Slack alone');
    expect((await post(body, { 'x-slack-request-timestamp': '1531420618' })).status).toBe(401);
    expect((await post('x'.repeat(33 * 1024))).status).toBe(413);
    expect((await post('text=shop')).json.detail).toContain('no command');
    expect((await api.request('GET', '/slack/command')).status).toBe(404);
  });

  it('is limited by its address', async () => {
    const other = await startTestApi(inject('redisUrl'), { slack: { signingSecret: new Secret(signingSecret) } });
    try {
      const wrong = { 'x-slack-signature': `v0=${'0'.repeat(64)}` };
      const statuses = await Promise.all(
        Array.from({ length: 400 }, async () => (await post('a=b', wrong, other)).status),
      );
      expect([...new Set(statuses)].sort()).toEqual([401, 429]);
      // Who signs is not counted among them.
      expect((await post('command=%2Fhealth', {}, other)).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  it('finds nothing where no command is set up', async () => {
    const other = await startTestApi(inject('redisUrl'));
    try {
      const answer = await post('command=%2Fhealth', {}, other);
      expect([answer.status, answer.json.detail]).toEqual([404, expect.stringContaining('SLACK_SIGNING_SECRET')]);
    } finally {
      await other.close();
    }
  });
});

describe('Slack', () => {
  it('looks at the certificate', async () => {
    expect((await post('ssl_check=1&token=x')).status).toBe(200);
  });

  it('is told which commands there are', async () => {
    expect((await say('/deploy', 'now')).text).toBe('HealthApp answers /heroku-status and /health, not /deploy.');
  });
});

describe('while Redis does not answer', () => {
  it('says so, in time for Slack', async () => {
    const proxy = await createTcpProxy();
    const { host, port, db } = api.redis.options;
    proxy.leadTo(Number(port));
    const redis = { ...redisConfigOf(inject('redisUrl')), url: `redis://${host}:${proxy.port}/${db}` };
    const other = await startTestApi(inject('redisUrl'), {
      slack: { signingSecret: new Secret(signingSecret) },
      redis,
    });
    try {
      proxy.cut('blackhole');
      const answer = await post('command=%2Fhealth', {}, other);
      expect([answer.status, answer.json.text]).toEqual([200, expect.stringContaining('Redis did not answer')]);
    } finally {
      await proxy.heal();
      await other.close();
      await proxy.close();
    }
  });
});

describe('/heroku-status', () => {
  it('says what to do while no app is watched', async () => {
    expect((await say('/heroku-status')).text).toContain('name the apps in heroku.apps');
    expect((await say('/heroku-status', 'shop')).text).toContain('No app on Heroku is watched');
  });

  it('tells all of an app, by what the poller saw, and how old that is', async () => {
    await api.heartbeat('heroku-poller', { interval: 30, bootId: 'one' });
    expect((await reportApp('shop')).status).toBe(202);
    const { text, shown } = await say('/heroku-status', ' Shop ');
    expect(text).toBe('shop: no open alert');
    expect(shown.replace(/\d+ (?:s|min|h)(?: \d+ (?:s|min))?/g, 'N')).toMatchInlineSnapshot(`
      "*<https://health.example/server/heroku:shop|shop>*  no open alert
      *Owner*
      ann@example.com
      *Region*
      eu
      *Stack*
      heroku-24
      *Address*
      https://shop.example/
      *Last hour*
      Its log is not read: see docs/heroku-logs.md.
      *Dynos*
      • worker.1: crashed for N (v42, Basic)
      • web.1: up for N (v42, Basic)
      *Formation*
      • web: 1 × Basic
      *Latest releases*
      • v45 Deploy 45, by bob@example.com, N ago, failed
      • v44 Deploy 44, by bob@example.com, N ago
      • v43 Deploy 43, by bob@example.com, N ago
      *Add-ons*
      • shop-db (heroku-postgresql:mini): provisioned
      The poller saw this N ago."
    `);
    expect(shown).not.toContain('Deploy 42');
  });

  it('tells what the log told of the last hour', async () => {
    const at = Date.now() - 20_000;
    const worker = (name: string, number: number) => ({ at, dyno: 'worker.1', name, number });
    const counts = [
      worker('R14', 3),
      worker('memory', 9_750),
      { at: at + 10_000, dyno: 'worker.1', name: 'memory', number: 9_100 },
      ...[1, 2, 3, 4].map((index) => ({ at, dyno: `web.${index}`, name: '5xx', number: index })),
      { at, dyno: 'web.2', name: 'H12', number: 5 },
      { at, dyno: 'web.1', name: 'H12', number: 1 },
    ];
    const delivery = {
      server: 'heroku:shop',
      source: 'd.1',
      rank: 'drain',
      frame: 'f1',
      minutes: [],
      times: [],
      notable: [],
    } as const;
    expect(await recordAppLogs(api.partition, [{ ...delivery, counts }], 100)).toEqual([{ kind: 'counted' }]);
    const { shown } = await say('/heroku-status', 'shop');
    for (const line of [
      '• 5xx responses: 10',
      '• H12 Request timeout: 6 (web.2, web.1)',
      '• R14 Memory quota exceeded: 3 (worker.1)',
      '• memory of worker.1: 91 % of its quota, 98 % at most',
    ]) {
      expect(shown).toContain(line);
    }
    expect(shown).toMatch(/• counted for \d/);
  });

  it('names the nearest when there is no such app', async () => {
    await reportApp('shop-worker');
    expect((await say('/heroku-status', 'shpo')).text).toContain('Did you mean shop?');
    expect((await say('/heroku-status', 'heroku:work')).text).toContain('Did you mean shop-worker?');
    expect((await say('/heroku-status', 'billing')).text).toBe(
      'No app called billing is watched. /heroku-status alone lists all 2.',
    );
  });

  it('lists all, and says what of them is unknown', async () => {
    await reportApp('blog', {
      unobserved: { reason: 'forbidden', since: Date.now(), message: 'the key may not read this (403)' },
    });
    const { text, shown } = await say('/heroku-status');
    expect(text).toBe('3 apps on Heroku: 1 unknown, 2 without an open alert');
    expect(shown).toContain('<https://health.example/server/heroku:blog|blog>*  the key may not read this (403)');
    expect(shown).toContain('dynos: 1 up, 1 crashed, v45');
    expect(shown).toMatch(/The poller saw all of this within the last \d+ s\./);
  });

  it('shows no mention, link or mark that somebody else wrote', async () => {
    const evil = '<!channel> <https://evil.example|click> *bold* & `code`';
    const dynos = [{ name: evil, type: evil, state: evil.slice(0, 60), since: Date.now() }];
    const releases = [{ version: 1, description: evil, user: evil, created: Date.now() }];
    await reportApp('evil', { app: { name: evil, owner: evil }, dynos, releases, addons: [], formation: [] });
    for (const text of ['evil', '', evil]) {
      const { blocks, text: fallback } = await say('/heroku-status', text);
      const all = JSON.stringify([blocks, fallback]);
      expect(all).not.toMatch(/<!|<https:\/\/evil|\*bold\*|`code`/);
      expect(all).toContain('&lt;!channel&gt;');
    }
  });

  it('stays within what Slack shows, however much there is', async () => {
    const dynos = Array.from({ length: 900 }, (_, index) => ({
      name: `web.${index}`,
      type: 'web',
      size: 'Standard-1X',
      state: index === 899 ? 'crashed' : 'up',
    }));
    expect((await reportApp('large', { dynos })).status).toBe(202);
    const { shown } = await say('/heroku-status', 'large');
    expect(shown).toContain('• web.899: crashed');
    expect(shown).toContain('and 880 more');
    for (let index = 0; index < 60; index += 1) await reportApp(`app-${index}`);
    expect((await say('/heroku-status')).shown).toContain('and 45 more');
  });
});

describe('/health', () => {
  it('lists whoever is not well, with why', async () => {
    const test = await openTestPartition(inject('redisUrl'));
    const { host, port, db } = test.redis.options;
    const redis = { ...redisConfigOf(inject('redisUrl')), url: `redis://${host}:${port}/${db}` };
    const other = await startTestApi(inject('redisUrl'), {
      slack: { signingSecret: new Secret(signingSecret) },
      redis,
    });
    const health = async () => shownBy((await post('command=%2Fhealth&text=', {}, other)).json.blocks);
    try {
      expect(await health()).toContain('No server has ever reported');
      for (const name of ['web-1', 'web-2', 'db-1']) await test.heartbeat(name, { interval: 30 });
      expect(await health()).toBe(
        '*All is well: 3 servers*\nNo processor leads: nobody is told of anything until one runs.',
      );
      await test.advance(10 * minute);
      await test.heartbeat('web-2', { interval: 30 });
      expect(await health()).toMatch(
        /^\*2 of 3 servers are not well\*\n• \*db-1\* {2}silent, last heard .* ago\n• \*web-1\* {2}silent, .*\n2 silent/,
      );
    } finally {
      await other.close();
      await test.close();
    }
  });
});

describe('whatever is signed', () => {
  it('gets an answer that Slack can show', async () => {
    const form = fc.array(fc.tuple(fc.constantFrom('command', 'text', 'ssl_check', 'x'), nastyText), { maxLength: 5 });
    const raw = nastyText.map((text) => text.slice(0, 5000));
    const body = fc.oneof(
      form.map((pairs) => new URLSearchParams(pairs.map(([name, value]) => [name, value.slice(0, 2000)])).toString()),
      nastyText.map(
        (text) =>
          `command=%2Fheroku-status&text=${encodeURIComponent(text.replace(/\p{Surrogate}/gu, '').slice(0, 1000))}`,
      ),
      raw,
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const bytes = Buffer.from(text).toString('latin1');
        expect([200, 400, 413]).toContain((await post(bytes)).status);
      }),
      fuzzRun('signed Slack commands', 100),
    );
  }, 120_000);
});
