/** Who is signed in here, and whether that still holds. */
import type { SessionView } from '@healthapp/shared/wire/access';
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { SessionApi } from './api.ts';
import { ApiFault } from './api-request.ts';

export type SessionState =
  /** The API has not said yet; `fault`: why it could not. */
  | { readonly kind: 'unknown'; readonly fault: ApiFault | null }
  | { readonly kind: 'signed-in'; readonly session: SessionView }
  /** `before`: who was in on this page when the session ended; null: nobody was, or the user has left. */
  | { readonly kind: 'signed-out'; readonly before: SessionView | null };

export interface Session {
  readonly state: Accessor<SessionState>;
  /** Who is in; when the session has ended in mid-use, who was: the page stays as it is. */
  own(): SessionView | undefined;
  /** Whether what is done here would not be refused anyway. */
  mayAct(): boolean;
  /** Asks the API again: something hints that the session ended, or the role changed. */
  look(): void;
  /** Throws `ApiFault`. */
  signIn(user: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  signOutEverywhere(): Promise<void>;
  changePassword(current: string, password: string): Promise<void>;
}

const tryAgainMs = 2000;

export function createSession(api: SessionApi): Session {
  const [state, setState] = createSignal<SessionState>({ kind: 'unknown', fault: null });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  /** The session of before has ended by then, and the cookie of the next one may not be here yet. */
  let changing = false;
  onCleanup(() => clearTimeout(timer));

  async function look(): Promise<void> {
    if (changing) return;
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    try {
      const session = await api.session();
      if (mine === asked) setState({ kind: 'signed-in', session });
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      if (mine !== asked) return;
      const before = state();
      if (error.status === 401) {
        // Asking again is no second end.
        if (before.kind === 'signed-out') return;
        setState({ kind: 'signed-out', before: before.kind === 'signed-in' ? before.session : null });
        return;
      }
      // Who is in stays in while the API is away.
      if (before.kind !== 'unknown') return;
      setState({ kind: 'unknown', fault: error });
      timer = setTimeout(look, tryAgainMs);
    }
  }
  void look();

  function own(): SessionView | undefined {
    const now = state();
    if (now.kind === 'unknown') return undefined;
    return now.kind === 'signed-in' ? now.session : (now.before ?? undefined);
  }

  function leave(): void {
    asked += 1;
    setState({ kind: 'signed-out', before: null });
  }

  return {
    state,
    own,
    mayAct: () => own()?.role === 'operator',
    look: () => void look(),
    async signIn(user, password) {
      await api.signIn(user, password);
      await look();
    },
    async signOut() {
      await api.signOut();
      leave();
    },
    async signOutEverywhere() {
      await api.signOutEverywhere();
      leave();
    },
    async changePassword(current, password) {
      changing = true;
      try {
        await api.changePassword(current, password);
      } finally {
        changing = false;
        await look();
      }
    },
  };
}
