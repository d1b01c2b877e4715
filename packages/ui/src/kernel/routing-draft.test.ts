import { describe, expect, it } from 'vitest';
import { emptyRoutingDraft, readRoutingDraft, routingFieldOf } from './routing-draft.ts';

describe('the question who would be told', () => {
  it('is read from the form', () => {
    const draft = {
      server: ' db-3 ',
      kind: 'offline',
      label: 'env=prod, role = db',
      severity: 'info',
      at: '2026-11-20T14:30',
    };
    expect(readRoutingDraft(draft)).toEqual({
      kind: 'query',
      query: {
        server: 'db-3',
        kind: 'offline',
        label: ['env=prod', 'role=db'],
        severity: 'info',
        at: new Date(2026, 10, 20, 14, 30).getTime(),
      },
    });
  });

  it('leaves to the API what is not given', () => {
    expect(readRoutingDraft(emptyRoutingDraft)).toEqual({
      kind: 'query',
      query: { server: '', kind: 'offline', label: [], severity: '', at: null },
    });
  });

  it.each([
    ['label', 'prod'],
    ['at', 'tomorrow'],
  ])('is not asked when %s is %j', (field, text) => {
    expect(readRoutingDraft({ ...emptyRoutingDraft, [field]: text })).toEqual({
      kind: 'faults',
      faults: { [field]: expect.any(String) },
    });
  });

  it('finds its field for what the API finds at fault', () => {
    expect(['kind', 'label.0', 'cursor', null].map(routingFieldOf)).toEqual(['kind', 'label', undefined, undefined]);
  });
});
