import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTableName, logTableOf, rowsOfMinute, serviceClasses, serviceClassOf, serviceTimeOf } from './log-minute.ts';

describe('a class of service times', () => {
  it('is the millisecond itself up to 31, and its middle within 3 % beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 20 - 1 }), (ms) => {
        const nth = serviceClassOf(ms);
        expect(nth).toBeGreaterThanOrEqual(0);
        expect(nth).toBeLessThan(serviceClasses);
        expect(Math.abs(serviceTimeOf(nth) - ms)).toBeLessThanOrEqual(ms < 32 ? 0 : 0.032 * ms);
      }),
    );
  });

  it('grows with the time, and holds what is longer than all', () => {
    const times = Array.from({ length: 5000 }, (_, nth) => nth * 7);
    const classes = times.map(serviceClassOf);
    expect(classes).toEqual([...classes].sort((one, other) => one - other));
    expect(serviceClassOf(10 ** 9)).toBe(serviceClassOf(2 ** 20 - 1));
    expect(serviceClassOf(2 ** 20 - 1)).toBe(serviceClasses - 1);
  });
});

/** Values of a table by name. */
function tableOf(
  fields: Record<string, number>,
  name: string,
  classes: readonly number[] = [],
): Record<string, number | null> | undefined {
  const row = rowsOfMinute(fields, classes).find(({ table }) => logTableName(table) === name);
  return row && Object.fromEntries(row.values.map(({ name: column, value }) => [column, value]));
}

describe('a minute of a log', () => {
  it('has the percentiles of all requests, to the class', () => {
    const classes = Array.from({ length: serviceClasses }, () => 0);
    for (let ms = 0; ms < 1000; ms += 1) classes[serviceClassOf(ms)] = (classes[serviceClassOf(ms)] ?? 0) + 1;
    const app = tableOf({ requests: 1000, '5xx': 3 }, 'app', classes);
    expect(app).toMatchObject({ requests: 1000, '4xx': 0, '5xx': 3 });
    for (const [name, exact] of [
      ['service-p50', 499],
      ['service-p95', 949],
      ['service-p99', 989],
    ] as const) {
      expect(Math.abs((app?.[name] ?? 0) - exact) / exact, name).toBeLessThan(0.035);
    }
  });

  it('in which lines came and no request has none, and no service time', () => {
    expect(tableOf({ 'dyno web.1 load': 3 }, 'app')).toEqual({
      requests: 0,
      '4xx': 0,
      '5xx': 0,
      'service-p50': null,
      'service-p95': null,
      'service-p99': null,
    });
  });

  it('tells of a process type what its highest dyno said', () => {
    const fields = { 'dyno web.1 memory': 500, 'dyno web.2 memory': 700, 'dyno web.1 load': 90, 'dyno web.2 load': 10 };
    expect(tableOf(fields, 'type web')).toEqual({ memory: 700, swap: null, quota: null, load: 90 });
    expect(tableOf(fields, 'dyno web.1')).toEqual({ memory: 500, swap: null, quota: null, load: 90 });
  });

  it('keeps no history of dynos that come and go, and of a hundred others at most', () => {
    const fields: Record<string, number> = { 'dyno run.1234 memory': 5, 'dyno scheduler.77 memory': 6 };
    for (let nth = 1; nth <= 150; nth += 1) fields[`dyno web.${nth} memory`] = nth;
    const names = rowsOfMinute(fields, []).map(({ table }) => logTableName(table));
    expect(names.filter((name) => name.startsWith('dyno '))).toHaveLength(100);
    expect(names).toContain('dyno web.100');
    expect(names).not.toContain('dyno web.101');
    expect(names).toEqual(expect.arrayContaining(['type run', 'type scheduler', 'type web']));
    expect(tableOf(fields, 'type web')).toMatchObject({ memory: 150 });
  });

  it('has each error, those of Postgres, and crashes', () => {
    expect(tableOf({ 'error H12': 4, 'postgres-errors': 2, crashes: 1 }, 'errors')).toEqual({
      H12: 4,
      'postgres-errors': 2,
      crashes: 1,
    });
    expect(tableOf({ requests: 1 }, 'errors')).toBeUndefined();
  });

  it("finds its tables again by their names, and not other's", () => {
    for (const table of [{ kind: 'app' }, { kind: 'errors' }, { kind: 'dyno', subject: 'web.1' }] as const) {
      expect(logTableOf(logTableName(table))).toEqual(table);
    }
    expect(logTableOf('disks')).toBeNull();
  });
});
