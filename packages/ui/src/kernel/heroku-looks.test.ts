import { expect, it } from 'vitest';
import { addonLook, dynoLook, dynosInOrder, releaseLook } from './heroku-looks.ts';

it.each([
  [dynoLook('up'), 'good', 'Up'],
  [dynoLook('crashed'), 'critical', 'Crashed'],
  [dynoLook('idle'), 'quiet', 'Idle'],
  [dynoLook('hovering'), 'info', 'Hovering'],
  [addonLook('provisioned'), 'good', 'Provisioned'],
  [addonLook('deprovisioned'), 'warning', 'Deprovisioned'],
  [releaseLook('failed'), 'critical', 'Failed'],
  [releaseLook(undefined), 'good', 'Released'],
])('%j', (look, tone, word) => {
  expect([look.tone, look.word]).toEqual([tone, word]);
});

it('puts what is bad before what is well, and web.2 before web.10', () => {
  const dynos = [
    { name: 'web.10', state: 'up' },
    { name: 'worker.1', state: 'starting' },
    { name: 'web.2', state: 'up' },
    { name: 'web.3', state: 'crashed' },
  ];
  expect(dynosInOrder(dynos).map(({ name }) => name)).toEqual(['web.3', 'worker.1', 'web.2', 'web.10']);
});
