import type { AlertView } from '@healthapp/shared/wire/api';
import { MemoryRouter, Route } from '@solidjs/router';
import { cleanup, render, screen } from '@solidjs/testing-library';
import { createRoot } from 'solid-js';
import { afterEach, describe, expect, it } from 'vitest';
import { createKernel, KernelContext } from '../kernel/kernel.ts';
import { ScriptedEventSource } from '../testing/event-source.ts';
import { alertView, noon, notificationView, statusView } from '../testing/views.ts';
import { AlertPage } from './alert.tsx';

let close: () => void = () => {};

function open(over: Partial<AlertView>): void {
  const { alert: _, ...notification } = notificationView('n1', { lastError: '421 try again later', attempts: 2 });
  const detail = { notifications: [notification], timeline: [], actions: [] };
  const answers: Record<string, unknown> = {
    '/api/v1/status': statusView({}),
    '/api/v1/mail': { enabled: false, messages: [] },
    '/api/v1/session': { user: 'ann', role: 'operator', kind: 'session', idleUntil: null, endsAt: null },
  };
  const kernel = createRoot((dispose) => {
    close = dispose;
    return createKernel({
      fetch: async (input) => {
        const { pathname } = new URL(String(input), 'http://localhost');
        if (pathname.startsWith('/api/v1/alerts/')) return Response.json({ ...alertView('a1', over), ...detail });
        return Response.json(answers[pathname] ?? {}, { status: answers[pathname] === undefined ? 404 : 200 });
      },
      openEvents: () => new ScriptedEventSource(),
      sharing: null,
      now: () => noon + 60_000,
      visible: () => true,
      theme: {
        root: document.documentElement,
        storage: () => localStorage,
        prefersDark: matchMedia('(prefers-color-scheme: dark)'),
        window,
      },
      origin: 'https://health.example.com',
    });
  });
  render(() => (
    <KernelContext.Provider value={kernel}>
      <MemoryRouter>
        <Route path="*" component={AlertPage} />
      </MemoryRouter>
    </KernelContext.Provider>
  ));
}

afterEach(() => {
  cleanup();
  close();
});

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
