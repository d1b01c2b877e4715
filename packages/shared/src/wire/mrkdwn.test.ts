import { describe, expect, it } from 'vitest';
import { code, linked, plain } from './mrkdwn.ts';

const z = '\u200b';

describe('a text for Slack', () => {
  it.each([
    ['web_1_eu is down', 'web_1_eu is down'],
    ['a & b < c > d', 'a &amp; b &lt; c &gt; d'],
    ['*all* gone', `${z}*${z}all${z}*${z} gone`],
    ['/var/_x_', `/var/${z}_${z}x${z}_${z}`],
    ['3*4', `3*4`],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('ends no block of code from within', () => {
    expect(code('echo ```; <x>')).toBe("```echo '''; &lt;x&gt;```");
  });

  it('keeps an address together', () => {
    expect(linked('a|b', 'https://e.org/a|b>')).toBe('<https://e.org/a%7Cb%3E|a|b>');
  });
});
