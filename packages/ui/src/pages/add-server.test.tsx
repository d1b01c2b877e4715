import type { ServerView } from '@healthapp/shared/wire/api';
import { MemoryRouter, Route } from '@solidjs/router';
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createRoot } from 'solid-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKernel, KernelContext } from '../kernel/kernel.ts';
import { ScriptedEventSource } from '../testing/event-source.ts';
import { noon, serverView, statusView } from '../testing/views.ts';
import { AddServerPage } from './add-server.tsx';

let close: () => void = () => {};

/** @returns what was asked for. */
function open(servers: readonly ServerView[]): string[] {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    '/api/v1/status': statusView({}),
    '/api/v1/mail': { enabled: false, messages: [] },
    '/api/v1/session': { user: 'ann', role: 'operator', kind: 'session', idleUntil: null, endsAt: null },
    '/api/v1/servers': { servers, nextCursor: null },
  };
  const kernel = createRoot((dispose) => {
    close = dispose;
    return createKernel({
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json(answers[new URL(String(input), 'http://localhost').pathname]);
      },
      openEvents: () => new ScriptedEventSource(),
      sharing: null,
      now: () => noon,
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
        <Route path="*" component={AddServerPage} />
      </MemoryRouter>
    </KernelContext.Provider>
  ));
  return asked;
}

async function name(text: string): Promise<void> {
  fireEvent.input(await screen.findByRole('textbox', { name: 'What it is called' }), { target: { value: text } });
}

afterEach(() => {
  cleanup();
  close();
});

describe('how to add a server', () => {
  it('says of the server that is named whether it reports', async () => {
    open([serverView('db-1')]);
    await name('db-1');
    expect(await screen.findByText('db-1 reports')).toBeTruthy();
  });

  it('does not say of one that fell silent that it reports', async () => {
    open([serverView('db-1', { state: 'silent', lastHeartbeatAt: noon - 900_000 })]);
    await name('db-1');
    expect(await screen.findByText('db-1 is known, and does not report now')).toBeTruthy();
    expect(screen.queryByText('db-1 reports')).toBeNull();
  });

  it('waits for one that is announced and was never heard', async () => {
    const asked = open([serverView('db-1', { state: 'unknown', lastHeartbeatAt: null }), serverView('db-2')]);
    await name('db-2');
    expect(await screen.findByText('db-2 reports')).toBeTruthy();
    await name('db-1');
    await vi.waitFor(() => expect(asked.some((address) => address.includes('search=db-1'))).toBe(true));
    expect(await screen.findByText(/^db-1 has not reported yet/)).toBeTruthy();
  });

  it('says nothing of the server that happens to have the name of the example', async () => {
    const asked = open([serverView('web-1')]);
    expect(await screen.findByText(/healthapp key web-1/)).toBeTruthy();
    await name('not a name');
    expect(await screen.findByText(/^A name has letters/)).toBeTruthy();
    expect(asked.filter((address) => address.includes('search='))).toEqual([]);
  });

  it.each([
    ['db-1', 'name: db-1'],
    ['cluster:1', "name: 'cluster:1'"],
    ['web:', "name: 'web:'"],
    ['-', "name: '-'"],
  ])('writes %s into the configuration as YAML reads it', async (typed, written) => {
    open([]);
    await name(typed);
    expect(
      await screen.findByText((text) => text.includes(`\n  ${written}\n`), { normalizer: (text) => text }),
    ).toBeTruthy();
  });
});
