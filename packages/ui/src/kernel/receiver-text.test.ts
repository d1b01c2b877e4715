import { describe, expect, it } from 'vitest';
import { receiverKind, receiverState, testWords } from './receiver-text.ts';

describe('a receiver', () => {
  it.each([
    [{ failures: 0, lastAcceptedAt: null }, 'unused'],
    [{ failures: 0, lastAcceptedAt: 5 }, 'accepts'],
    [{ failures: 1, lastAcceptedAt: 5 }, 'failing'],
    [{ failures: 1, lastAcceptedAt: null }, 'failing'],
  ])('with %j is %s', (receiver, state) => expect(receiverState(receiver)).toBe(state));

  it('is called by its kind, also by one of a newer version', () => {
    expect([receiverKind('sms'), receiverKind('pigeon'), receiverKind('constructor')]).toEqual([
      'SMS',
      'pigeon',
      'constructor',
    ]);
  });

  it('has its own words told after a test', () => {
    const test = { receiver: 'ops', accepted: true, words: null, tookMs: 340 };
    expect(testWords(test)).toBe('It accepted the test message after 340 ms: see whether it arrived.');
    expect(testWords({ ...test, accepted: false, words: '550 no such user' })).toBe(
      'It did not accept the test message: 550 no such user',
    );
  });
});
