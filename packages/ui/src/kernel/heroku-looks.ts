/** How the states of Heroku's things look: a word that Heroku adds is shown as it is. */
import { capitalized } from './capitalized.ts';

interface Look {
  readonly tone: 'critical' | 'warning' | 'info' | 'good' | 'quiet';
  readonly icon: 'check' | 'cross' | 'pause' | 'question' | 'triangle' | 'clock';
  readonly word: string;
}

/** https://devcenter.heroku.com/articles/dynos#dyno-states, and `down` as the API has it. */
const dynoLooks: Readonly<Record<string, Omit<Look, 'word'>>> = {
  up: { tone: 'good', icon: 'check' },
  starting: { tone: 'info', icon: 'clock' },
  restarting: { tone: 'info', icon: 'clock' },
  idle: { tone: 'quiet', icon: 'pause' },
  crashed: { tone: 'critical', icon: 'cross' },
  down: { tone: 'critical', icon: 'cross' },
};

export function dynoLook(state: string): Look {
  return { ...(dynoLooks[state] ?? { tone: 'info', icon: 'question' }), word: capitalized(state) };
}

const worstFirst: readonly Look['tone'][] = ['critical', 'info', 'quiet', 'good'];

/** The worst first, then by name: `web.2` before `web.10`. */
export function dynosInOrder<D extends { readonly name: string; readonly state: string }>(dynos: readonly D[]): D[] {
  const rank = ({ state }: D) => worstFirst.indexOf(dynoLook(state).tone);
  const byName = (one: D, other: D) => one.name.localeCompare(other.name, 'en', { numeric: true });
  return [...dynos].sort((one, other) => rank(one) - rank(other) || byName(one, other));
}

export function addonLook(state: string): Look {
  const fine = state === 'provisioned';
  const coming = state === 'provisioning';
  return {
    tone: fine ? 'good' : coming ? 'info' : 'warning',
    icon: fine ? 'check' : coming ? 'clock' : 'triangle',
    word: capitalized(state),
  };
}

/** Without a status: of a Heroku that does not say. */
export function releaseLook(status: string | undefined): Look {
  const word = capitalized(status ?? 'released');
  if (status === 'failed' || status === 'expired') return { tone: 'critical', icon: 'cross', word };
  if (status === 'pending') return { tone: 'info', icon: 'clock', word };
  return { tone: 'good', icon: 'check', word };
}
