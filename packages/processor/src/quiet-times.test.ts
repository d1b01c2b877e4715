import { openedAlert } from '@healthapp/shared/domain/alert';
import { holdDecision } from '@healthapp/shared/domain/hold';
import type { Route } from '@healthapp/shared/domain/route';
import { describe, expect, it } from 'vitest';
import { quietTimes } from './quiet-times.ts';

const route: Route = {
  index: 0,
  line: 1,
  match: { servers: ['db-*'], labels: {}, kinds: null, severities: null },
  to: ['ops'],
  continues: true,
  remindEveryMs: undefined,
  remindBackoff: 'steady',
  quietHours: { days: null, from: 22 * 60, to: 6 * 60, timezone: 'UTC', except: ['never-reported'] },
};
const loud: Route = { ...route, index: 1, to: ['oncall'], quietHours: null };
const night = Date.parse('2026-11-24T23:00:00Z');
const morning = Date.parse('2026-11-25T06:00:00Z');
const facts = { server: 'db-1', labels: {}, lastHeardAt: null, dueAt: null };
const offline = openedAlert('0-a', { kind: 'offline', subject: '', severity: 'critical', summary: '' }, facts, night);

function decide(
  event: 'created' | 'closed' | 'test',
  receiver: string,
  now: number,
  over: Partial<typeof offline> = {},
) {
  const quietUntil = quietTimes([route, loud], ['ops', 'oncall'], now);
  return holdDecision(event, { ...offline, ...over }, receiver, { silences: [], massSilence: null, quietUntil });
}
const held = { kind: 'hold', because: 'quiet-hours', until: morning };

describe('at night', () => {
  it('whom a route with quiet hours names is told of openings and closings in the morning', () => {
    expect(decide('created', 'ops', night)).toEqual(held);
    expect(decide('closed', 'ops', night, { state: 'closed' })).toEqual(held);
  });

  it.each<[string, Parameters<typeof decide>]>([
    ['whom another route names', ['created', 'oncall', night]],
    ['of what is excepted', ['created', 'ops', night, { kind: 'never-reported' }]],
    ['in a test', ['test', 'ops', night]],
    ['of what the route does not match', ['created', 'ops', night, { server: 'web-1' }]],
  ])('everybody is told at once %s', (_, given) => {
    expect(decide(...given)).toEqual({ kind: 'send' });
  });
});

it('by day everybody is told at once', () => {
  expect(decide('created', 'ops', morning)).toEqual({ kind: 'send' });
});
