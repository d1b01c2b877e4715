/** What `/api/v1` answers about the past, as schemas and types. */
import * as z from 'zod';

const time = z.number().int().describe('milliseconds since 1970');

export const historyRanges = ['24h', '7d', '30d'] as const;
export type HistoryRange = (typeof historyRanges)[number];

const percent = z.number().nullable().describe('100 × up ÷ (up + down); null when it was neither');
const minutes = z.number().int().describe('minutes');
const slots = z.array(minutes).describe('minutes of each slot');
const numbers = z.array(z.number().nullable()).describe('one for each slot; null: nothing is known');

export const historyView = z.object({
  server: z.string(),
  range: z.enum(historyRanges),
  from: time.describe('where the first slot begins'),
  to: time.describe('now, in the last slot'),
  uptime: z.object({
    slotMs: z.number().int(),
    up: slots.describe('minutes of each slot in which it was alive by its deadline at some moment'),
    down: slots,
    unwatched: slots.describe('minutes in which nobody could have taken heartbeats'),
    stopped: slots.describe('minutes after a goodbye, until the time that it named'),
    unknown: slots.describe('minutes of which nothing is known, as before the first heartbeat'),
    totals: z.object({ up: minutes, down: minutes, unwatched: minutes, stopped: minutes, unknown: minutes }),
    percent: percent.describe('of this range'),
    percents: z.object({ '24h': percent, '7d': percent, '30d': percent }),
  }),
  series: z.object({
    stepMs: z.number().int(),
    columns: z.array(
      z.object({
        name: z.enum(['load', 'memory', 'disk', 'check']).describe('disk: the fullest filesystem; check: latency'),
        subject: z.string().nullable().describe('which check'),
        unit: z.enum(['load', 'percent', 'ms']),
        avg: numbers,
        min: numbers.nullable().describe('null where a slot is one sample'),
        max: numbers.nullable(),
      }),
    ),
  }),
});
export type HistoryView = z.output<typeof historyView>;
