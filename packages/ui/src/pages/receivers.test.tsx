import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import type { ReceiverView } from '@healthapp/shared/wire/receivers';
import { fireEvent, screen } from '@solidjs/testing-library';
import { describe, expect, it } from 'vitest';
import { openPage, usualAnswers } from '../testing/open-page.tsx';
import { noon } from '../testing/views.ts';
import { ReceiversPage } from './receivers.tsx';

interface World {
  readonly receivers: readonly ReceiverView[];
  readonly role?: 'viewer' | 'operator';
  readonly test?: ReceiverTestView;
}

const nobodySends = Response.json(
  { title: 'No processor', status: 503, detail: 'no processor is running' },
  { status: 503 },
);

/** @returns what was asked for. */
function open({ receivers, role, test }: World): readonly string[] {
  const answers = { ...usualAnswers(role), receivers: { receivers }, 'receivers/ops/test': test ?? nobodySends };
  return openPage(ReceiversPage, answers).asked;
}

const failing: ReceiverView = {
  name: 'ops',
  kind: 'email',
  lastAcceptedAt: noon - 3_600_000,
  lastFailure: { at: noon - 60_000, words: '421 try again later' },
  failures: 3,
  waiting: 2,
  oldestWaitingAt: noon - 120_000,
};
const ask = () => screen.findByRole('button', { name: 'Send a test to ops' });
const said = (text: RegExp) => screen.findByText(text);

describe('the receivers', () => {
  it('tell how each fares, with its own words', async () => {
    open({ receivers: [failing] });
    const row = await screen.findByRole('row', { name: /ops/ });
    for (const text of ['E-mail', 'Fails', '3 times in a row', '421 try again later', '1 h ago']) {
      expect(row.textContent).toContain(text);
    }
  });

  it('say that there is none', async () => {
    open({ receivers: [] });
    expect(await said(/No receiver is configured/)).toBeTruthy();
  });

  it.each([
    [{ accepted: true, words: null }, /accepted the test message after 340 ms/],
    [{ accepted: false, words: '550 no such user' }, /did not accept the test message: 550 no such user/],
  ])('are tried by a button that says what came of it: %j', async (came, words) => {
    const asked = open({ receivers: [failing], test: { receiver: 'ops', tookMs: 340, ...came } });
    fireEvent.click(await ask());
    expect(await said(words)).toBeTruthy();
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST /api/v1/receivers/ops/test']);
  });

  it('say why a test could not be sent', async () => {
    open({ receivers: [failing] });
    fireEvent.click(await ask());
    expect(await said(/no processor is running/)).toBeTruthy();
  });

  it('are not tried by who only reads', async () => {
    open({ receivers: [failing], role: 'viewer' });
    await screen.findByRole('row', { name: /ops/ });
    await said(/421/);
    expect(screen.queryByRole('button')).toBeNull();
  });
});
