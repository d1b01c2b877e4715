import type { SessionView } from '@healthapp/shared/wire/access';
import { createMemoryHistory, MemoryRouter, Route } from '@solidjs/router';
import { cleanup, render } from '@solidjs/testing-library';
import { type Component, createRoot } from 'solid-js';
import { onTestFinished } from 'vitest';
import { createKernel, KernelContext } from '../kernel/kernel.ts';
import { ScriptedEventSource } from './event-source.ts';
import { kernelDeps } from './kernel-deps.ts';
import { noon, statusView } from './views.ts';

/** What the API answers, by path below `/api/v1/`; anything else is a 404. */
export type Answers = Record<string, unknown>;

/** To what every page asks. */
export function usualAnswers(role: SessionView['role'] = 'operator'): Answers {
  const session: SessionView = { user: 'ann', kind: 'session', role, idleUntil: null, endsAt: null };
  return { session, status: statusView({}), mail: { enabled: false, messages: [] } };
}

interface OpenPage {
  /** The page's live events. */
  readonly source: ScriptedEventSource;
  /** What the page asked for: `/api/v1/status`, `POST /api/v1/receivers/ops/test`. */
  readonly asked: readonly string[];
}

interface Opening {
  /** The page's route, and its address: `/alert/:id`, `/alert/a1`. */
  readonly route?: string;
  readonly at?: string;
  /** ms since 1970. */
  readonly now?: number;
}

/** Shows a page by itself until the test is over. @param answers may change meanwhile. */
export function openPage(
  page: Component,
  answers: Answers,
  { route = '*', at = '/', now = noon }: Opening = {},
): OpenPage {
  const source = new ScriptedEventSource();
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method = 'GET' } = init ?? {};
    asked.push(method === 'GET' ? String(input) : `${method} ${String(input)}`);
    const body = answers[new URL(String(input), 'http://localhost').pathname.replace('/api/v1/', '')];
    if (body instanceof Response) return body.clone();
    if (body !== undefined) return Response.json(body);
    return Response.json({ title: 'Not found', status: 404, detail: 'Nothing here.' }, { status: 404 });
  };
  const history = createMemoryHistory();
  history.set({ value: at });
  createRoot((dispose) => {
    const kernel = createKernel(kernelDeps({ fetch, openEvents: () => source, now: () => now }));
    render(() => (
      <KernelContext.Provider value={kernel}>
        <MemoryRouter history={history}>
          <Route path={route} component={page} />
        </MemoryRouter>
      </KernelContext.Provider>
    ));
    onTestFinished(() => {
      cleanup();
      dispose();
    });
  });
  return { source, asked };
}
