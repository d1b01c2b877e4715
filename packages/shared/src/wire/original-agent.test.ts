import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { heartbeatSchema } from './heartbeat.ts';
import { parseOriginalStatus, verifyOriginalAgent } from './original-agent.ts';

const body = Buffer.from(
  '{"Kernel":"6.1.0","OS":"Linux","name":"web-1","Last Updated":"","Filesystems":[{"Path":"/","Size":1000,"Used":420,"Free":580,"Pct":42}]}',
);

/** As Go's base64.URLEncoding writes it: the URL's alphabet, padded. */
const integrityOf = (apiKey: string, of: Buffer) =>
  createHmac('sha512', apiKey).update(of).digest('base64').replaceAll('+', '-').replaceAll('/', '_');

describe('the X-INTEGRITY of an original agent', () => {
  const integrity = integrityOf('foobar', body);

  it('is right for the body under the api_key, with padding and without', () => {
    expect(integrity).toHaveLength(88);
    expect(integrity).toMatch(/[-_].*==$/);
    expect(verifyOriginalAgent(['foobar'], integrity, body)).toBe(true);
    expect(verifyOriginalAgent(['foobar'], integrity.replaceAll('=', ''), body)).toBe(true);
  });

  it('may be made with any key of the list', () => {
    for (const apiKey of ['old', 'new']) {
      expect(verifyOriginalAgent(['old', 'new'], integrityOf(apiKey, body), body)).toBe(true);
    }
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['of another key', integrityOf('wrong', body)],
    ['of another body', integrityOf('foobar', Buffer.from('{}'))],
    ['in the ordinary alphabet', createHmac('sha512', 'foobar').update(body).digest('base64')],
    ['in hex', createHmac('sha512', 'foobar').update(body).digest('hex')],
    ['half padded', integrityOf('foobar', body).slice(0, -1)],
    ['cut off', integrityOf('foobar', body).slice(0, 40)],
    ['followed by something', `${integrityOf('foobar', body)}\n`],
    ['too long', 'A'.repeat(100_000)],
  ])('is wrong when it is %s', (_, given) => {
    expect(verifyOriginalAgent(['foobar'], given, body)).toBe(false);
  });

  it('is wrong when there is no key', () => {
    expect(verifyOriginalAgent([], integrity, body)).toBe(false);
  });
});

describe("an original agent's body", () => {
  const parse = (value: unknown) => parseOriginalStatus(Buffer.from(JSON.stringify(value)));
  const filesystem = { Path: '/', Size: 1000, Used: 420, Free: 580, Pct: 42 };

  it('becomes the facts of a host', () => {
    const parsed = parseOriginalStatus(body);
    expect(parsed).toEqual({
      kind: 'parsed',
      name: 'web-1',
      facts: {
        os: 'linux',
        kernel: '6.1.0',
        filesystems: [{ path: '/', size: 1000, used: 420, free: 580, percent: 42 }],
      },
    });
    const host = parsed.kind === 'parsed' ? parsed.facts : undefined;
    expect(heartbeatSchema.parse({ sentAt: 1, interval: 30, host }).host).toEqual(host);
  });

  it('may have null for its filesystems, lack fields, and hold unknown ones', () => {
    expect(parse({ Kernel: '', OS: 'Darwin', name: 'mac', Filesystems: null })).toEqual({
      kind: 'parsed',
      name: 'mac',
      facts: { os: 'darwin' },
    });
    expect(parse({ Filesystems: [], Uptime: 1 })).toEqual({ kind: 'parsed', name: null, facts: { filesystems: [] } });
    expect(parse({})).toEqual({ kind: 'parsed', name: null, facts: {} });
  });

  it('may hold a filesystem without blocks, whose percentage Go makes up', () => {
    const text = '{"Filesystems":[{"Path":"/x","Size":0,"Used":0,"Free":0,"Pct":9223372036854775808}]}';
    expect(parseOriginalStatus(Buffer.from(text))).toMatchObject({ facts: { filesystems: [{ percent: 0 }] } });
  });

  it('is read from the middle of a larger buffer', () => {
    const padded = Buffer.concat([Buffer.from('xx'), body, Buffer.from('xx')]);
    expect(parseOriginalStatus(new Uint8Array(padded.subarray(2, -2)))).toEqual(parseOriginalStatus(body));
    expect(parseOriginalStatus(padded.subarray(2, -2))).toEqual(parseOriginalStatus(body));
  });

  it.each([
    ['a list', [], ''],
    ['null', null, ''],
    ['a kernel that is no text', { Kernel: 6 }, 'Kernel'],
    ['an endless OS', { OS: 'x'.repeat(65) }, 'OS'],
    ['filesystems that are no list', { Filesystems: {} }, 'Filesystems'],
    ['too many filesystems', { Filesystems: Array(257).fill(filesystem) }, 'Filesystems'],
    ['a filesystem without a path', { Filesystems: [filesystem, { ...filesystem, Path: '' }] }, 'Filesystems[1].Path'],
    ['a negative size', { Filesystems: [{ ...filesystem, Size: -1 }] }, 'Filesystems[0].Size'],
    ['no percentage', { Filesystems: [{ ...filesystem, Pct: undefined }] }, 'Filesystems[0].Pct'],
    ['over 100 percent', { Filesystems: [{ ...filesystem, Pct: 101 }] }, 'Filesystems[0].Pct'],
  ])('is malformed with %s, and says where', (_, value, field) => {
    const parsed = parse(value);
    expect(parsed).toMatchObject({ kind: 'malformed', field });
    expect(parsed).toHaveProperty('detail', expect.stringContaining(field === '' ? 'the body' : `${field}: `));
  });

  it.each(['', 'not JSON', '{', '\u0000'])('is malformed when it is %j', (text) => {
    expect(parseOriginalStatus(Buffer.from(text))).toEqual({
      kind: 'malformed',
      field: '',
      detail: 'the body is not JSON',
    });
  });
});
