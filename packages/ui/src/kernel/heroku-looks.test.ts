import { expect, it } from 'vitest';
import { addonLook, dynoLook, releaseLook } from './heroku-looks.ts';

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
