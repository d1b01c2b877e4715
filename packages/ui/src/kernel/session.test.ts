import type { SessionView } from '@healthapp/shared/wire/access';
import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiFault } from './api-request.ts';
import { createSession } from './session.ts';

const ann: SessionView = { user: 'ann', role: 'operator', kind: 'session', idleUntil: 1, endsAt: 2 };
const refused = new ApiFault(401, 'Unauthorized', 'nobody is signed in');
const away = new ApiFault(null, 'The API does not answer', '');

let answer: SessionView | ApiFault;
let finishChange = () => {};
function start() {
  return createRoot(() =>
    createSession({
      async session() {
        if (answer instanceof ApiFault) throw answer;
        return answer;
      },
      async signIn(_, password) {
        if (password !== 'right') throw new ApiFault(401, 'Unauthorized', 'wrong');
        answer = ann;
      },
      async signOut() {
        answer = refused;
      },
      async signOutEverywhere() {
        answer = refused;
      },
      changePassword: () =>
        new Promise((resolve) => {
          finishChange = resolve;
        }),
    }),
  );
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a session', () => {
  it('is what the API says, and acts for operators alone', async () => {
    answer = ann;
    const session = start();
    expect(session.state()).toEqual({ kind: 'unknown', fault: null });
    expect(session.mayAct()).toBe(false);
    await settle();
    expect(session.state()).toEqual({ kind: 'signed-in', session: ann });
    expect(session.mayAct()).toBe(true);
    answer = { ...ann, role: 'viewer' };
    session.look();
    await settle();
    expect(session.mayAct()).toBe(false);
  });

  it('that ends in mid-use says so, and one that was never begun or was left does not', async () => {
    answer = refused;
    const session = start();
    await settle();
    expect(session.state()).toEqual({ kind: 'signed-out', before: null });
    await expect(session.signIn('ann', 'wrong')).rejects.toThrow('wrong');
    await session.signIn('ann', 'right');
    expect(session.state().kind).toBe('signed-in');
    answer = refused;
    session.look();
    await settle();
    session.look();
    await settle();
    expect(session.state()).toEqual({ kind: 'signed-out', before: ann });
    expect(session.mayAct()).toBe(true);
    await session.signIn('ann', 'right');
    await session.signOut();
    expect(session.state()).toEqual({ kind: 'signed-out', before: null });
  });

  it('is not taken for ended while its password changes, when it goes over into the next one', async () => {
    answer = ann;
    const session = start();
    await settle();
    answer = refused;
    const changed = session.changePassword('right', 'another');
    session.look();
    await settle();
    expect(session.state().kind).toBe('signed-in');
    answer = ann;
    finishChange();
    await changed;
    expect(session.state().kind).toBe('signed-in');
  });

  it('goes on while the API is away, and is asked for again until it is known', async () => {
    answer = away;
    const session = start();
    await settle();
    expect(session.state()).toEqual({ kind: 'unknown', fault: away });
    answer = ann;
    await vi.advanceTimersByTimeAsync(2000);
    expect(session.state().kind).toBe('signed-in');
    answer = away;
    session.look();
    await settle();
    expect(session.state().kind).toBe('signed-in');
  });
});
