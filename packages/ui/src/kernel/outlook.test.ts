import { describe, expect, it } from 'vitest';
import { noon } from '../testing/views.ts';
import { outlook } from './outlook.ts';
import { clockTime } from './relative-time.ts';

const up = {
  state: 'up',
  lastHeartbeatAt: noon,
  dueAt: noon + 300_000,
  interval: 30,
  goodbye: null,
  stateReason: null,
} as const;

describe('a server that reports', () => {
  it('counts down to its next heartbeat', () => {
    expect(outlook(up, noon + 6000)).toMatchObject({
      kind: 'expected',
      text: 'Next heartbeat due in 24 s',
      more: 'Without one it counts as down in 4 min 54 s.',
    });
  });

  it('is not called late as soon as the count is over', () => {
    expect(outlook(up, noon + 33_000)).toMatchObject({ kind: 'expected', text: 'Next heartbeat due now' });
  });

  it('is late after twice its interval and 5 s', () => {
    expect(outlook(up, noon + 65_000).kind).toBe('expected');
    expect(outlook(up, noon + 66_000)).toMatchObject({ kind: 'late', text: 'Heartbeat is 36 s late' });
  });
});

describe('a server that does not', () => {
  it('says since when and when it was due', () => {
    const silent = { ...up, state: 'silent' } as const;
    expect(outlook(silent, noon + 540_000)).toMatchObject({
      kind: 'silent',
      text: 'No heartbeat for 9 min',
      more: 'One was due 4 min ago.',
    });
  });

  it('says why nothing is known of an app of which there is its log alone', () => {
    const stateReason = 'its log is delivered, and no Heroku poller reports it';
    expect(outlook({ ...up, state: 'unknown', stateReason, lastHeartbeatAt: null, dueAt: null }, noon)).toEqual({
      kind: 'unknown',
      text: 'Whether it is up is not known',
      at: null,
      more: 'Its log is delivered, and no Heroku poller reports it.',
    });
  });

  it('says when it never did', () => {
    const expected = { ...up, state: 'unknown', lastHeartbeatAt: null } as const;
    expect(outlook(expected, noon)).toMatchObject({
      kind: 'never-heard',
      text: 'Has never reported',
      more: 'It is expected: its first heartbeat is due in 5 min.',
    });
    expect(outlook(expected, noon + 540_000)).toMatchObject({
      kind: 'never-reported',
      more: 'It is expected: its first heartbeat was due 4 min ago.',
    });
  });

  it('says why when nobody can tell', () => {
    const app = { ...up, state: 'unknown', stateReason: 'the Heroku poller (heroku) does not report' } as const;
    expect(outlook(app, noon + 60_000)).toMatchObject({
      kind: 'unknown',
      text: 'Whether it is up is not known',
      more: 'The Heroku poller (heroku) does not report. It was last reported 1 min ago.',
    });
  });

  it('says who stopped it and until when', () => {
    const goodbye = { by: 'operator', at: noon, backBy: noon + 600_000 } as const;
    expect(outlook({ ...up, state: 'stopped', goodbye }, noon + 60_000)).toMatchObject({
      kind: 'planned',
      text: `Planned work until ${clockTime(noon + 600_000, noon)}`,
      more: 'Stopped by an operator 1 min ago. It should be back in 9 min.',
    });
  });

  it('says so of planned work during which it still reports', () => {
    const goodbye = { by: 'operator', at: noon, backBy: noon + 600_000 } as const;
    const { kind, text, more } = outlook({ ...up, goodbye }, noon + 60_000);
    expect({ kind, text }).toEqual({ kind: 'planned', text: `Planned work until ${clockTime(noon + 600_000, noon)}` });
    expect(more).toContain('It reports meanwhile, last 1 min ago');
  });

  it('says that nothing is expected after a goodbye for good', () => {
    const goodbye = { by: 'operator', at: noon, backBy: null } as const;
    const stopped = { ...up, state: 'stopped', dueAt: null, goodbye } as const;
    expect(outlook(stopped, noon + 60_000).more).toBe('For good: no alert will come.');
  });
});
