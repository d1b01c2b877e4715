import type { AlertView } from '@healthapp/shared/wire/api';
import { screen } from '@solidjs/testing-library';
import { describe, expect, it } from 'vitest';
import { openPage, usualAnswers } from '../testing/open-page.tsx';
import { alertView, noon, notificationView } from '../testing/views.ts';
import { AlertPage } from './alert.tsx';

function open(over: Partial<AlertView>): void {
  const { alert: _, ...notification } = notificationView('n1', { lastError: '421 try again later', attempts: 2 });
  const detail = { notifications: [notification], timeline: [], actions: [] };
  openPage(
    AlertPage,
    { ...usualAnswers(), 'alerts/a1': { ...alertView('a1', over), ...detail } },
    { route: '/alert/:id', at: '/alert/a1', now: noon + 60_000 },
  );
}

describe('the page of an alert', () => {
  it('shows what to know beside it: the release before it, what changed, what the log said', async () => {
    const release = { version: 42, description: 'Deploy 1f2e3d4', user: 'ines', createdAt: noon - 120_000 };
    const changes = { added: ['CACHE_URL'], removed: [], changed: ['WORKERS'] };
    open({ server: 'heroku:shop', context: { release, changes, log: ['Error: no memory', 'exited with 1'] } });
    expect((await screen.findByRole('region', { name: 'Release before it' })).textContent).toMatch(
      /v42: Deploy 1f2e3d4.*, 2 min before, by ines/,
    );
    expect(screen.getByRole('region', { name: 'What changed' }).textContent).toBe(
      'What changedAdded: CACHE_URLChanged: WORKERS',
    );
    expect(screen.getByRole('region', { name: 'Last lines of its log' }).textContent).toContain(
      'Error: no memory\nexited with 1',
    );
  });

  it('has nothing of it where nothing is known, and leads to what its receiver was told', async () => {
    open({});
    const receiver = await screen.findByRole('link', { name: 'ops' });
    expect(receiver.getAttribute('href')).toBe('/notifications?receiver=ops');
    expect(screen.queryByRole('region', { name: 'Last lines of its log' })).toBeNull();
    expect(screen.getByText('Last error: 421 try again later').classList.contains('cell-error')).toBe(false);
  });
});
