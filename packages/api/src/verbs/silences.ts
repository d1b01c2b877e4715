import { randomBytes } from 'node:crypto';
import { routableKinds } from '@healthapp/shared/domain/route';
import { type ActiveSilence, activeSilences, type Silence } from '@healthapp/shared/domain/silence';
import { readClock } from '@healthapp/shared/redis/clock';
import { askHeldAgain } from '@healthapp/shared/redis/held-notifications';
import { allSilences, putSilence, removeSilence } from '@healthapp/shared/redis/silences';
import { occurrences, recurrenceFault } from '@healthapp/shared/schedule/recurrence';
import type { NewSilence, SilenceListView, SilenceView } from '@healthapp/shared/wire/api';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';

/** Silences that are over are shown for this long, ms. */
const shownAfterMs = 7 * 86_400_000;

/** Those that hold now, first what ends last; then those to come; then those that are over. */
export async function listSilences(partitions: Partitions): Promise<SilenceListView> {
  const first = partitions.first();
  const [silences, { now }] = await Promise.all([allSilences(first), readClock(first)]);
  const shown = silences.filter((silence) => silence.recurring !== null || silence.endsAt > now - shownAfterMs);
  const views = shown.map((silence) => silenceViewOf(silence, now));
  return {
    silences: views.sort(
      (one, other) => rank(one) - rank(other) || (other.activeUntil ?? other.endsAt) - (one.activeUntil ?? one.endsAt),
    ),
  };
}

function rank(view: SilenceView): number {
  if (view.active) return 0;
  return view.nextAt === null ? 2 : 1;
}

/** @throws HttpProblem 400 for what could never hold anything, or everything for ever. */
export async function addSilence(partitions: Partitions, input: NewSilence, by: string): Promise<SilenceView> {
  const first = partitions.first();
  const { now } = await readClock(first);
  const startsAt = input.startsAt ?? now;
  const recurring = input.recurring ?? null;
  const { server, label, kind } = input.match;
  const refuse = (field: string, detail: string) => new HttpProblem(400, `${field}: ${detail}`, { field });
  if (server === null && kind === null && Object.keys(label ?? {}).length === 0) {
    throw refuse('match', 'give a server pattern, a label or a kind; {"server": "*"} silences every server');
  }
  if (kind !== null && !routableKinds.includes(kind)) {
    throw refuse('match.kind', `there is no '${kind}'; there are ${routableKinds.join(', ')}`);
  }
  if (input.endsAt <= startsAt) throw refuse('endsAt', 'must be after startsAt');
  if (recurring === null && input.endsAt <= now) throw refuse('endsAt', 'is in the past');
  const fault = recurring === null ? null : recurrenceFault(recurring, startsAt);
  if (fault !== null) throw refuse('recurring', fault);

  const silence: Silence = {
    id: randomBytes(9).toString('base64url'),
    match: { server, label, kind },
    startsAt,
    endsAt: input.endsAt,
    recurring,
    reason: input.reason,
    createdBy: by,
    createdAt: now,
  };
  await putSilence(first, silence);
  await Promise.all(partitions.all().map(askHeldAgain));
  return silenceViewOf(silence, now);
}

/** What it held and still stands is told at once. */
export async function endSilence(partitions: Partitions, id: string): Promise<void> {
  if (!(await removeSilence(partitions.first(), id))) throw new HttpProblem(404, `no silence ${id}`);
  await Promise.all(partitions.all().map(askHeldAgain));
}

export async function readActiveSilences(partitions: Partitions): Promise<ActiveSilence[]> {
  const first = partitions.first();
  const [silences, { now }] = await Promise.all([allSilences(first), readClock(first)]);
  return activeSilences(silences, occurrences, now);
}

function silenceViewOf(silence: Silence, now: number): SilenceView {
  const next = occurrences(silence, now);
  const active = next !== null && next.startsAt <= now;
  const { match, ...rest } = silence;
  return {
    ...rest,
    match: { server: match.server, label: match.label === null ? null : { ...match.label }, kind: match.kind },
    active,
    activeUntil: active ? next.endsAt : null,
    nextAt: active ? null : (next?.startsAt ?? null),
  };
}
