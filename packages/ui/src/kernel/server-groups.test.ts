import { expect, it } from 'vitest';
import { serverView } from '../testing/views.ts';
import { groupedBy, labelKeys } from './server-groups.ts';

const servers = [
  serverView('web-1', { labels: { role: 'web', zone: '10' } }),
  serverView('db-1', { labels: { role: 'db', zone: '9' } }),
  serverView('web-2', { labels: { role: 'web' } }),
  serverView('odd', { labels: {} }),
];

it('offers the labels that there are, the most common first', () => {
  expect(labelKeys(servers)).toEqual(['role', 'zone']);
});

it.each([
  [
    'role',
    [
      ['db', 'db-1'],
      ['web', 'web-1', 'web-2'],
      [null, 'odd'],
    ],
  ],
  [
    'zone',
    [
      ['9', 'db-1'],
      ['10', 'web-1'],
      [null, 'web-2', 'odd'],
    ],
  ],
  ['toString', [[null, 'web-1', 'db-1', 'web-2', 'odd']]],
  ['', [[null, 'web-1', 'db-1', 'web-2', 'odd']]],
])('groups them by “%s”, those without it last', (key, groups) => {
  expect(groupedBy(servers, key).map(({ value, servers }) => [value, ...servers.map(({ name }) => name)])).toEqual(
    groups,
  );
});
