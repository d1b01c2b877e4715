import { describe, expect, it } from 'vitest';
import { acknowledgePath, checkAcknowledgeLink } from './acknowledge-link.ts';

const now = 1_795_168_800_123;
const apiKey = 'an api key that is long enough';
const day = 24 * 60 * 60 * 1000;

function queryOf(path: string) {
  const { pathname, searchParams } = new URL(path, 'http://x');
  const part = (name: string) => searchParams.get(name) ?? '';
  return { pathname, query: { to: part('to'), until: part('until'), signature: part('signature') } };
}

describe('a link that acknowledges', () => {
  const { pathname, query } = queryOf(acknowledgePath(apiKey, '0-01JD', 'ops', now));

  it('is good for its alert and its receiver', () => {
    expect(pathname).toBe('/acknowledge/0-01JD');
    expect(checkAcknowledgeLink([apiKey], '0-01JD', query, now)).toMatchObject({
      kind: 'good',
      link: { alertId: '0-01JD', receiver: 'ops' },
    });
  });

  it('is good while its key is any of those in force', () => {
    expect(checkAcknowledgeLink(['a new one', apiKey], '0-01JD', query, now).kind).toBe('good');
    expect(checkAcknowledgeLink(['a new one'], '0-01JD', query, now).kind).toBe('forged');
  });

  it.each([
    ['another alert', '0-01JE', query],
    ['another receiver', '0-01JD', { ...query, to: 'dev' }],
    ['a later end', '0-01JD', { ...query, until: String(Number(query.until) + 1) }],
    ['no signature', '0-01JD', { ...query, signature: '' }],
    ['a shorter signature', '0-01JD', { ...query, signature: query.signature.slice(0, 10) }],
    ['no end', '0-01JD', { ...query, until: '' }],
  ])('is none for %s', (_what, alertId, changed) => {
    expect(checkAcknowledgeLink([apiKey], alertId, changed, now).kind).toBe('forged');
  });

  it('ends after a day', () => {
    expect(checkAcknowledgeLink([apiKey], '0-01JD', query, now + day - 1000).kind).toBe('good');
    expect(checkAcknowledgeLink([apiKey], '0-01JD', query, now + day + 1000).kind).toBe('expired');
  });
});
