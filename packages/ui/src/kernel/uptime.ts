/** What became of a server over time, slot by slot: how it is drawn, and what is said of it. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { HistoryView } from '@healthapp/shared/wire/history';

/** `partly`: down for a part of the time and up for another. */
export type SlotState = 'up' | 'partly' | 'down' | 'unwatched' | 'stopped' | 'unknown';

export interface Slot {
  readonly from: number;
  readonly to: number;
  readonly state: SlotState;
  /** Minutes in which it was down, when that is known. */
  readonly downMinutes: number | null;
}

const states: Readonly<Record<string, SlotState>> = {
  u: 'up',
  p: 'partly',
  d: 'down',
  b: 'unwatched',
  s: 'stopped',
};

const barSlotMs = 30 * 60_000;

/** The slots of a list's bar: half hours, the last of which holds the present. @param letters as `ServerView.bars` has them. */
export function slotsOfBar(letters: string, now: number): Slot[] {
  const from = (Math.floor(now / barSlotMs) - letters.length + 1) * barSlotMs;
  return [...letters].map((letter, at) => ({
    from: from + at * barSlotMs,
    to: from + (at + 1) * barSlotMs,
    state: states[letter] ?? 'unknown',
    downMinutes: null,
  }));
}

/** The slots of a history, as many of them taken together as to leave `most` at the most. */
export function slotsOfHistory({ from, to, uptime }: HistoryView, most: number): Slot[] {
  const together = Math.max(1, Math.ceil(uptime.up.length / most));
  const slots: Slot[] = [];
  for (let at = 0; at < uptime.up.length; at += together) {
    const sum = (minutes: readonly number[]) =>
      minutes.slice(at, at + together).reduce((total, count) => total + count, 0);
    const down = sum(uptime.down);
    const up = sum(uptime.up);
    slots.push({
      from: from + at * uptime.slotMs,
      to: Math.min(to, from + (at + together) * uptime.slotMs),
      state: stateOf({ up, down, stopped: sum(uptime.stopped), unwatched: sum(uptime.unwatched) }),
      downMinutes: down,
    });
  }
  return slots;
}

interface Minutes {
  readonly up: number;
  readonly down: number;
  readonly stopped: number;
  readonly unwatched: number;
}

/** What is wrong counts, however short; else what it was for the longest. */
function stateOf({ up, down, stopped, unwatched }: Minutes): SlotState {
  if (down > 0) return up + stopped + unwatched > 0 ? 'partly' : 'down';
  const longest = Math.max(up, stopped, unwatched);
  if (longest === 0) return 'unknown';
  if (longest === up) return 'up';
  return longest === stopped ? 'stopped' : 'unwatched';
}

export const slotWords: Readonly<Record<SlotState, string>> = {
  up: 'up',
  partly: 'partly down',
  down: 'down',
  unwatched: 'nobody watched',
  stopped: 'stopped',
  unknown: 'no data',
};

/** "down", "down for 12 min". */
export function slotText({ state, downMinutes, from, to }: Slot): string {
  const whole = downMinutes !== null && downMinutes * 60_000 >= to - from;
  if (downMinutes === null || downMinutes === 0 || whole) return slotWords[state];
  return `down for ${formatDuration(downMinutes * 60_000)}`;
}

/** All of a bar in a sentence: "up in the last 24 h". */
export function barText(slots: readonly Slot[], time: (at: number) => string): string {
  const down = slots.filter(({ state }) => state === 'down' || state === 'partly');
  const last = down.at(-1);
  if (last !== undefined) {
    const times = down.length === 1 ? 'once' : `${down.length} times`;
    return `down ${times} in the last 24 h, last around ${time(last.from)}`;
  }
  const known = slots.filter(({ state }) => state !== 'unknown');
  if (known.length === 0) return 'nothing is known of the last 24 h';
  const words = new Set(known.map(({ state }) => slotWords[state]));
  return `${[...words].join(', ')} in the last 24 h`;
}

/** "99.92 %", "100 %"; never rounded up to 100, a dash when nothing is known. */
export function percentText(percent: number | null): string {
  if (percent === null) return '–';
  if (percent >= 100) return '100 %';
  return `${(Math.floor(percent * 100) / 100).toFixed(2)} %`;
}

/** Heights of a bar's pieces in a picture 24 high: each state has a shape of its own, since colour never stands alone. */
const shapes: Readonly<Record<SlotState, readonly (readonly [tone: string, top: number, bottom: number])[]>> = {
  up: [['up', 4, 20]],
  partly: [
    ['down', 0, 11],
    ['up', 13, 20],
  ],
  down: [['down', 0, 24]],
  unwatched: [
    ['unwatched', 4, 8],
    ['unwatched', 16, 20],
  ],
  stopped: [['stopped', 10, 14]],
  unknown: [['unknown', 11.4, 12.6]],
};

export const barTones = ['up', 'down', 'unwatched', 'stopped', 'unknown'] as const;

/** One path for each tone, in a picture that is 4 wide for each slot and 24 high; empty when nothing has that tone. */
export function barPaths(slots: readonly Pick<Slot, 'state'>[]): Record<(typeof barTones)[number], string> {
  const paths = { up: '', down: '', unwatched: '', stopped: '', unknown: '' };
  slots.forEach(({ state }, at) => {
    for (const [tone, top, bottom] of shapes[state]) {
      paths[tone as keyof typeof paths] += `M${at * 4 + 0.5} ${top}h3V${bottom}h-3z`;
    }
  });
  return paths;
}
