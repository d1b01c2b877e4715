import type { HistoryView } from '@healthapp/shared/wire/history';
import { describe, expect, it } from 'vitest';
import { barPaths, barText, percentText, type Slot, slotsOfBar, slotsOfHistory, slotText } from './uptime.ts';

const halfHour = 30 * 60_000;
const time = (at: number) => new Date(at).toISOString().slice(11, 16);

function history(uptime: Partial<Record<'up' | 'down' | 'unwatched' | 'stopped' | 'unknown', number[]>>): HistoryView {
  const length = Math.max(...Object.values(uptime).map((minutes) => minutes.length));
  const none = new Array<number>(length).fill(0);
  const minutes = { up: none, down: none, unwatched: none, stopped: none, unknown: none, ...uptime };
  return {
    server: 'web-1',
    range: '7d',
    from: 0,
    to: length * halfHour,
    uptime: {
      slotMs: halfHour,
      ...minutes,
      totals: { up: 0, down: 0, unwatched: 0, stopped: 0, unknown: 0 },
      percent: 0,
      percents: { '24h': 0, '7d': 0, '30d': 0 },
    },
    series: { stepMs: halfHour, columns: [] },
  };
}

describe('a slot of a history', () => {
  it.each([
    [{ up: [30] }, 'up', 'up'],
    [{ up: [18], down: [12] }, 'partly', 'down for 12 min'],
    [{ down: [30] }, 'down', 'down'],
    [{ up: [5], stopped: [25] }, 'stopped', 'stopped'],
    [{ up: [5], unwatched: [25] }, 'unwatched', 'nobody watched'],
    [{ unknown: [30] }, 'unknown', 'no data'],
    [{ unknown: [20], up: [10] }, 'up', 'up'],
  ] as const)('%j is %s', (minutes, state, words) => {
    const [slot] = slotsOfHistory(history(minutes as never), 10);
    expect([slot?.state, slot && slotText(slot)]).toEqual([state, words]);
  });
});

it('takes slots together until no more are left than fit, and ends with now', () => {
  const view = { ...history({ up: [30, 30, 30, 0, 20], down: [0, 0, 0, 30, 0] }), to: 4.5 * halfHour };
  expect(slotsOfHistory(view, 3)).toEqual([
    { from: 0, to: 2 * halfHour, state: 'up', downMinutes: 0 },
    { from: 2 * halfHour, to: 4 * halfHour, state: 'partly', downMinutes: 30 },
    { from: 4 * halfHour, to: 4.5 * halfHour, state: 'up', downMinutes: 0 },
  ]);
});

describe('a bar in words', () => {
  const slots = (letters: string) => slotsOfBar(letters, 3.5 * halfHour);
  it.each([
    ['uuuu', 'up in the last 24 h'],
    ['--uu', 'up in the last 24 h'],
    ['udud', 'down 2 times in the last 24 h, last around 01:30'],
    ['uduu', 'down once in the last 24 h, last around 00:30'],
    ['----', 'nothing is known of the last 24 h'],
    ['usub', 'up, stopped, nobody watched in the last 24 h'],
  ])('%s: %s', (letters, words) => {
    expect(barText(slots(letters), time)).toBe(words);
  });
});

it('gives each state a shape of its own', () => {
  const states: Slot['state'][] = ['up', 'partly', 'down', 'unwatched', 'stopped', 'unknown'];
  const shapes = states.map((state) => {
    const { up, down, unwatched, stopped, unknown } = barPaths([{ state }]);
    return [up, down, unwatched, stopped, unknown].join('');
  });
  expect(new Set(shapes).size).toBe(states.length);
});

it.each([
  [100, '100 %'],
  [99.999, '99.99 %'],
  [0, '0.00 %'],
  [null, '–'],
])('says %s as %s', (percent, text) => {
  expect(percentText(percent)).toBe(text);
});
