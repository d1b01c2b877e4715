import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifySlackRequest } from './slack-request.ts';

/** Slack's own example: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const text =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c';
const example = {
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body: Buffer.from(text),
};
const sentAt = 1_531_420_618_000;

const kindOf = (over: Partial<typeof example>, now = sentAt, key = secret) =>
  verifySlackRequest(key, { ...example, ...over }, now).kind;

describe('a request that Slack signed', () => {
  it('is verified as in its documentation', () => {
    expect(verifySlackRequest(secret, example, sentAt)).toEqual({ kind: 'verified' });
  });

  it('is taken for five minutes, by a clock that is before or behind', () => {
    const minutes = [-5, 5].map((distance) => kindOf({}, sentAt + distance * 60_000));
    expect(minutes).toEqual(['verified', 'verified']);
    for (const distance of [-300_001, 300_001]) {
      expect(verifySlackRequest(secret, example, sentAt + distance)).toMatchObject({ kind: 'refused', forTime: true });
    }
  });

  it('is no other in one bit, under another secret, or of another time', () => {
    const changed = Buffer.from(example.body);
    changed[7] = (changed[7] ?? 0) ^ 1;
    const later = { timestamp: '1531420619' };
    expect([kindOf({ body: changed }), kindOf({}, sentAt, 'another'), kindOf(later)]).toEqual(Array(3).fill('refused'));
  });

  it.each([
    ['no signature', { signature: undefined }],
    ['no time', { timestamp: undefined }],
    ['half a signature', { signature: example.signature.slice(0, -2) }],
    ['a later version', { signature: example.signature.replace('v0', 'v1') }],
    ['a time that is none', { timestamp: '1531420618.5' }],
    ['a time with a colon', { timestamp: '1531420618:' }],
  ])('is not one with %s', (_what, over) => {
    const answer = verifySlackRequest(secret, { ...example, ...over } as never, sentAt);
    expect(answer).toMatchObject({ kind: 'refused', detail: expect.stringContaining('for Slack alone') });
  });

  it('is of bytes, not of text', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00]);
    const signature = createHmac('sha256', secret).update('v0:1531420618:').update(body).digest('hex');
    expect(kindOf({ body, signature: `v0=${signature}` })).toBe('verified');
  });
});
