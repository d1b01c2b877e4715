import { describe, expect, it } from 'vitest';
import { noon, serverView } from '../testing/views.ts';
import {
  compareServers,
  everyServer,
  isTroubled,
  matchesQuery,
  type ServerSort,
  serverQueryFrom,
  serverQueryParameters,
  withServerEvents,
} from './server-list.ts';

const problem = (severity: 'critical' | 'warning') =>
  ({ alertId: 'a', kind: 'disk-full', subject: '/', severity, summary: '/ is 97 % full', since: noon }) as const;
const down = serverView('down', { state: 'silent' });
const critical = serverView('critical', { problems: [problem('critical')] });
const full = serverView('full', { problems: [problem('warning')] });
const unknown = serverView('unknown', { state: 'unknown', lastHeartbeatAt: null, load: null, memory: null });
const stopped = serverView('stopped', { state: 'stopped' });
const fine = serverView('fine');
const names = (servers: readonly { readonly name: string }[]) => servers.map((server) => server.name);

describe('the order of servers', () => {
  it('has the worst first', () => {
    const sorted = [fine, stopped, unknown, full, critical, down].sort(compareServers('state'));
    expect(names(sorted)).toEqual(['down', 'critical', 'full', 'unknown', 'fine', 'stopped']);
  });

  const small = serverView('a', {
    load: [0.1],
    memory: { total: 10, used: 9 },
    fullestFilesystem: null,
    lastHeartbeatAt: noon,
  });
  const large = serverView('b', { load: [9], memory: { total: 100, used: 50 }, lastHeartbeatAt: noon - 5000 });
  it.each([
    ['name', ['a', 'b', 'unknown']],
    ['-disk', ['b', 'unknown', 'a']],
    ['-load', ['b', 'a', 'unknown']],
    ['-memory', ['a', 'b', 'unknown']],
    ['heard', ['b', 'a', 'unknown']],
  ] as [ServerSort, string[]][])(
    'by %s puts first what one looks for, and last what is not known',
    (sort, expected) => {
      expect(names([unknown, large, small].sort(compareServers(sort)))).toEqual(expected);
    },
  );

  it('is by name among equals', () => {
    expect(names([serverView('b'), serverView('a')].sort(compareServers('state')))).toEqual(['a', 'b']);
  });

  it('knows which ones need a look', () => {
    expect(names([down, critical, full, unknown, stopped, fine].filter(isTroubled))).toEqual([
      'down',
      'critical',
      'full',
    ]);
  });
});

describe('the query in the address', () => {
  it('is read with what it does not know left out', () => {
    expect(serverQueryFrom({ search: 'db', state: 'broken', sort: 'colour', other: 'x' })).toEqual({
      ...everyServer,
      search: 'db',
    });
  });

  it('is written with only what is asked for', () => {
    expect(serverQueryParameters({ ...everyServer, state: 'silent' })).toEqual({ state: 'silent' });
    expect(serverQueryParameters({ sort: 'state' })).toEqual({});
  });

  it('comes back as it went', () => {
    const query = { search: 'db', state: 'up', label: 'env=prod', sort: '-disk' } as const;
    expect(serverQueryFrom(serverQueryParameters(query))).toEqual(query);
  });
});

describe('a filter', () => {
  const server = serverView('Web-1.example.com', { labels: { env: 'prod' } });
  it.each([
    [{}, true],
    [{ search: 'web-1' }, true],
    [{ search: 'web-2' }, false],
    [{ state: 'up' }, true],
    [{ state: 'silent' }, false],
    [{ label: 'env' }, true],
    [{ label: 'env=prod' }, true],
    [{ label: 'env=staging' }, false],
    [{ label: 'toString' }, false],
  ] as const)('%j matches: %s', (part, expected) => {
    expect(matchesQuery(server, { ...everyServer, ...part })).toBe(expected);
  });
});

describe('a live event', () => {
  it('moves a server to where it belongs now', () => {
    const after = withServerEvents(
      [fine, serverView('web')],
      [{ ...fine, name: 'web', state: 'silent' }],
      everyServer,
      true,
    );
    expect(names(after)).toEqual(['web', 'fine']);
  });

  it('brings a new server in, and takes a forgotten one out', () => {
    const events = [serverView('new'), { name: 'fine', forgotten: true }] as const;
    expect(names(withServerEvents([fine], events, everyServer, true))).toEqual(['new']);
  });

  it('takes a server out that no longer matches', () => {
    const query = { ...everyServer, state: 'up' } as const;
    expect(withServerEvents([fine], [{ ...fine, state: 'silent' }], query, true)).toEqual([]);
  });

  it('leaves out what belongs on a page that is not loaded', () => {
    expect(names(withServerEvents([down], [serverView('zebra')], everyServer, false))).toEqual(['down']);
    expect(names(withServerEvents([down], [serverView('zebra')], everyServer, true))).toEqual(['down', 'zebra']);
  });

  it('counts as it came last, when several are of one server', () => {
    const events = [{ ...fine, state: 'silent' }, fine] as const;
    expect(withServerEvents([fine], events, everyServer, true)).toEqual([fine]);
  });
});
