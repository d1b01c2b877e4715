import type { ServerView } from '@healthapp/shared/wire/api';
import { fireEvent, screen } from '@solidjs/testing-library';
import { describe, expect, it, vi } from 'vitest';
import { openPage, usualAnswers } from '../testing/open-page.tsx';
import { noon, serverView } from '../testing/views.ts';
import { AddServerPage } from './add-server.tsx';

/** @returns what was asked for. */
const open = (servers: readonly ServerView[]) =>
  openPage(AddServerPage, { ...usualAnswers(), servers: { servers, nextCursor: null } }).asked;

async function name(text: string): Promise<void> {
  fireEvent.input(await screen.findByRole('textbox', { name: 'What it is called' }), { target: { value: text } });
}

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
