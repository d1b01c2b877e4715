/** `docs/heartbeat-protocol.md` is what writers of agents rely on: its vectors are computed as they stand there, and its script is run. */
import { type ExecFileException, execFile, execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Heartbeat, heartbeatSchema, maxClockDistanceMs } from './heartbeat.ts';
import { parseOriginalStatus, verifyOriginalAgent } from './original-agent.ts';
import { problemMediaType } from './problem-details.ts';
import { deriveServerKey, keyIdOf } from './server-key.ts';
import { createVerifier, signRequest } from './signature.ts';
import { coveredComponents, signatureBase } from './signature-base.ts';

const document = readFileSync(new URL('../../../../docs/heartbeat-protocol.md', import.meta.url), 'utf8');

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, [command === 'curl' ? '--version' : 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The section under a heading of the second level. */
function section(heading: string): string {
  const begin = document.indexOf(`\n## ${heading}\n`);
  if (begin === -1) throw new Error(`docs/heartbeat-protocol.md has no section "${heading}"`);
  const end = document.indexOf('\n## ', begin + 1);
  return document.slice(begin, end === -1 ? undefined : end);
}

/** The first code block of a language in a section. */
function codeBlock(heading: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(section(heading))?.[1];
  if (block === undefined) throw new Error(`docs/heartbeat-protocol.md, "${heading}": no block of ${language}`);
  return block;
}

interface Vector {
  readonly what: string;
  readonly apiKey: string;
  readonly server: string;
  readonly keySet: string | null;
  readonly generation: number;
  readonly info: string;
  readonly key: string;
  readonly keyid: string;
  readonly path: string;
  readonly created: number;
  readonly body: string;
  readonly contentDigest: string;
  readonly signatureBase: string;
  readonly signatureInput: string;
  readonly signature: string;
}

describe('the test vectors', () => {
  const vectors: Vector[] = JSON.parse(codeBlock('Test vectors', 'json'));

  it('are there', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(3);
  });

  it.each(vectors)('are what we compute: $what', (vector) => {
    const { server, generation, path, created } = vector;
    const key = deriveServerKey(vector.apiKey, server, generation);
    expect(key.toString('base64')).toBe(vector.key);
    expect(keyIdOf(server, vector.keySet, generation)).toBe(vector.keyid);
    const body = Buffer.from(vector.body);
    expect(signRequest({ method: 'POST', path, body }, key, vector.keyid, created)).toEqual({
      'content-digest': vector.contentDigest,
      'signature-input': vector.signatureInput,
      signature: vector.signature,
    });
    const values = { '@method': 'POST', '@path': path, 'content-digest': vector.contentDigest };
    const params = vector.signatureInput.slice('sig='.length);
    expect(signatureBase(coveredComponents, values, params)).toBe(vector.signatureBase);
  });

  it.each(vectors)('are accepted: $what', (vector) => {
    const received = `/api/v1/heartbeats/${vector.server}`;
    const verifier = createVerifier({
      keySets: [{ id: vector.keySet, secret: vector.apiKey }],
      pathPrefix: vector.path.slice(0, -received.length),
    });
    const { server, signatureInput, signature, contentDigest } = vector;
    const headers = { signatureInput, signature, contentDigest };
    const request = { method: 'POST', path: received, server, headers, body: Buffer.from(vector.body) };
    const expected = { kind: 'verified', keySet: vector.keySet, generation: vector.generation };
    expect(verifier.verify(request, vector.created * 1000)).toEqual(expected);
    expect(heartbeatSchema.safeParse(JSON.parse(vector.body)).success).toBe(true);
  });

  it('hold with nothing of ours: HMAC and SHA-256 alone', () => {
    const hmac = (key: Buffer, message: string) => createHmac('sha256', key).update(message).digest();
    for (const vector of vectors) {
      const key = hmac(hmac(Buffer.alloc(32), vector.apiKey), `${vector.info}\u0001`);
      expect(key.toString('base64')).toBe(vector.key);
      expect(vector.signature).toBe(`sig=:${hmac(key, vector.signatureBase).toString('base64')}:`);
      const digest = createHash('sha256').update(vector.body).digest('base64');
      expect(vector.contentDigest).toBe(`sha-256=:${digest}:`);
    }
  });

  it('have the first of them as the example of a request', () => {
    const [first] = vectors;
    const example = codeBlock('The request', '');
    for (const part of [first?.path, first?.contentDigest, first?.signatureInput, first?.signature, first?.body]) {
      expect(example).toContain(part);
    }
    expect(example).toContain(`Content-Length: ${Buffer.byteLength(first?.body ?? '')}\n`);
  });

  it('include a right request of an original agent', () => {
    const original = JSON.parse(codeBlock("The original HealthApp's agents", 'json'));
    const body = Buffer.from(original.body);
    expect(verifyOriginalAgent([original.apiKey], original.integrity, body)).toBe(true);
    expect(parseOriginalStatus(body)).toMatchObject({ kind: 'parsed', name: 'web-1' });
  });
});

describe('the tables of fields', () => {
  it('name every field that the API reads', () => {
    const { host, ...fields } = heartbeatSchema.shape;
    const names = [...Object.keys(fields), 'host', ...Object.keys(host.unwrap().shape)];
    const text = section('The body');
    for (const name of names) expect(text).toContain(`\n| \`${name}\` |`);
  });
});

// Each runs a dozen processes: more than the usual 5 s, should the machine be busy.
describe('the worked example', { timeout: 30_000 }, () => {
  const apiKey = 'correct horse battery staple';
  const generation2 = deriveServerKey(apiKey, 'web-1', 2).toString('base64');
  let folder: string | undefined;
  let script: string;
  const missing = ['openssl', 'curl'].filter((command) => !isInstalled(command));
  const remedy = `the documentation's example needs ${missing.join(' and ')}: apt-get install openssl curl`;
  let opensslWithoutKdf: string;
  let server: Server | undefined;

  beforeAll(() => {
    if (missing.length > 0 && process.env.CI !== undefined) throw new Error(remedy);
    if (missing.length > 0) return;
    folder = mkdtempSync(join(tmpdir(), 'healthapp-example-'));
    script = join(folder, 'heartbeat.sh');
    copyFileSync(new URL('../../../../docs/heartbeat.sh', import.meta.url), script);
    // As OpenSSL 1.1 answers: kdf is no command of it.
    opensslWithoutKdf = mkdtempSync(join(folder, 'bin-'));
    const openssl = execFileSync('sh', ['-c', 'command -v openssl'], { encoding: 'utf8' }).trim();
    const shim = join(opensslWithoutKdf, 'openssl');
    writeFileSync(shim, `#!/bin/sh\n[ "$1" != kdf ] || { : >"$0.asked"; exit 1; }\nexec '${openssl}' "$@"\n`);
    chmodSync(shim, 0o755);
  });

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
    server = undefined;
  });

  beforeEach((context) => {
    if (missing.length > 0) context.skip(remedy);
  });
  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  interface Api {
    readonly url: string;
    readonly accepted: Heartbeat[];
    readonly answers: number[];
  }

  interface ApiOptions {
    /** How far its clock is ahead of this machine's, ms. */
    readonly clockAheadMs?: number;
    /** The last accepted `sentAt`, ms. */
    readonly lastSentAt?: number;
    /** Whether another process of the host was accepted with the first `sentAt` that comes. */
    readonly sameSecond?: boolean;
    /** What the URL has before the API's own path. The proxy in front takes it off. */
    readonly prefix?: string;
  }

  /** An API as far as an agent can tell, with the real verification. */
  async function startApi(options: ApiOptions = {}): Promise<Api> {
    const { clockAheadMs = 0, prefix = '' } = options;
    let lastSentAt = options.lastSentAt ?? 0;
    const verifier = createVerifier({ keySets: [{ id: null, secret: apiKey }], pathPrefix: prefix });
    const accepted: Heartbeat[] = [];
    const answers: number[] = [];

    function answer(response: ServerResponse, status: number, members: object): void {
      answers.push(status);
      const type = status === 202 ? 'application/json' : problemMediaType;
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(members));
    }

    async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const now = Date.now() + clockAheadMs;
      const body = Buffer.concat(await request.toArray());
      const path = (request.url ?? '').slice(prefix.length);
      const field = (name: string) => request.headers[name]?.toString();
      const verification = verifier.verify(
        {
          method: request.method ?? '',
          path,
          server: path.slice('/api/v1/heartbeats/'.length),
          headers: {
            signatureInput: field('signature-input'),
            signature: field('signature'),
            contentDigest: field('content-digest'),
          },
          body,
        },
        now,
      );
      const problem = { type: 'about:blank', title: 'refused' };
      if (verification.kind === 'refused') {
        const time = verification.reason === 'created-too-far' ? { serverTime: now } : {};
        return answer(response, 401, { ...problem, status: 401, detail: verification.detail, ...time });
      }
      const heartbeat = heartbeatSchema.parse(JSON.parse(body.toString()));
      expect(Math.abs(heartbeat.sentAt - now)).toBeLessThan(maxClockDistanceMs);
      if (options.sameSecond && answers.length === 0) lastSentAt = heartbeat.sentAt;
      if (heartbeat.sentAt <= lastSentAt) {
        return answer(response, 409, { ...problem, status: 409, detail: 'sentAt is not greater', lastSentAt });
      }
      accepted.push(heartbeat);
      lastSentAt = heartbeat.sentAt;
      answer(response, 202, { accepted: true, serverTime: now, dueAt: now + 300_000 });
    }

    const listening = createServer((request, response) => {
      receive(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}${prefix}`, accepted, answers };
  }

  interface Run {
    readonly code: number;
    readonly errors: string;
  }

  function run(environment: Record<string, string>, args: readonly string[] = []): Promise<Run> {
    const env = { PATH: process.env.PATH, SERVER: 'web-1', ...environment };
    return new Promise((resolve) => {
      execFile('sh', [script, ...args], { env, timeout: 20_000 }, (error: ExecFileException | null, _, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), errors });
      });
    });
  }

  const succeeded: Run = { code: 0, errors: '' };

  it('sends a heartbeat that is accepted', async () => {
    const api = await startApi();
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey })).toEqual(succeeded);
    expect(api.answers).toEqual([202]);
    const [heartbeat] = api.accepted;
    expect(heartbeat).toMatchObject({ interval: 60, clockOffset: 0, host: { os: process.platform } });
    expect(heartbeat?.status).toBeUndefined();
    expect(heartbeat?.host?.filesystems?.length).toBeLessThanOrEqual(1);
  });

  it('derives the same key where openssl has no kdf', async () => {
    const api = await startApi();
    const PATH = `${opensslWithoutKdf}:${process.env.PATH}`;
    const given = { HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey, GENERATION: '3', SERVER: 'db:eu-1' };
    expect(await run({ ...given, PATH })).toEqual(succeeded);
    expect(existsSync(join(opensslWithoutKdf, 'openssl.asked'))).toBe(true);
    expect(api.answers).toEqual([202]);
  });

  it("signs with the server's own key of a later generation", async () => {
    const api = await startApi();
    const own = { HEALTHAPP_API_URL: api.url, HEALTHAPP_AGENT_KEY: generation2, GENERATION: '2' };
    expect(await run(own)).toEqual(succeeded);
    expect(api.answers).toEqual([202]);
  });

  it("signs the path as requested, with a proxy's prefix", async () => {
    const api = await startApi({ prefix: '/monitor/health' });
    expect(await run({ HEALTHAPP_API_URL: `${api.url}/`, HEALTHAPP_API_KEY: apiKey })).toEqual(succeeded);
    expect(api.answers).toEqual([202]);
  });

  it.each([3_600_000, -3_600_000])('corrects a clock that is off by %i ms, and signs again', async (clockAheadMs) => {
    const api = await startApi({ clockAheadMs });
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey })).toEqual(succeeded);
    expect(api.answers).toEqual([401, 202]);
    const offset = api.accepted[0]?.clockOffset ?? 0;
    // `date` knows whole seconds only.
    expect(Math.abs(offset - clockAheadMs)).toBeLessThan(3000);
  });

  it('sends a later sentAt when the API has heard of a later one', async () => {
    const lastSentAt = Date.now() + 100_000;
    const api = await startApi({ lastSentAt });
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey })).toEqual(succeeded);
    expect(api.answers).toEqual([409, 202]);
    expect(api.accepted[0]?.sentAt).toBe(lastSentAt + 1);
  });

  it('is heard even in the same second as another process of the host', async () => {
    const api = await startApi({ sameSecond: true });
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey }, ['goodbye', '60'])).toEqual(succeeded);
    expect(api.answers).toEqual([409, 202]);
    expect(api.accepted[0]).toMatchObject({ status: 'stopping', expectBackWithin: 60 });
  });

  it('says goodbye', async () => {
    const api = await startApi();
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey }, ['goodbye', '900'])).toEqual(succeeded);
    expect(api.accepted[0]).toMatchObject({ status: 'stopping', expectBackWithin: 900 });
  });

  it('reports a job that runs once a day', async () => {
    const api = await startApi();
    const job = { SERVER: 'backup-db-1', INTERVAL: '86400', GRACE: '90000' };
    expect(await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey, ...job })).toEqual(succeeded);
    expect(api.accepted[0]).toMatchObject({ interval: 86_400, grace: 90_000 });
  });

  it("fails with the API's words when the key is wrong, without trying again", async () => {
    const api = await startApi();
    const { code, errors } = await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: 'wrong' });
    expect(code).toBe(1);
    expect(errors).toContain('not accepted at the first attempt');
    expect(errors).toContain('the signature does not match');
    expect(api.answers).toEqual([401]);
  });

  it("fails with curl's words when nothing listens", async () => {
    const api = await startApi();
    server?.close();
    const { code, errors } = await run({ HEALTHAPP_API_URL: api.url, HEALTHAPP_API_KEY: apiKey });
    expect(code).toBe(7);
    expect(errors).toMatch(/^curl: \(7\) /);
  });
});
