/** Judgements of the fleet as a whole and of the monitor itself; partition 0's leader makes them. */
import type { Alert, Ending } from '@healthapp/shared/domain/alert';
import { type BlindnessSettings, blindShare, isBlindForMost } from '@healthapp/shared/domain/blindness';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { compare } from '@healthapp/shared/domain/flapping';
import { decideMassSilence, type MassSilence, type MassSilenceSettings } from '@healthapp/shared/domain/mass-silence';
import { type Problem, problemKey, problemKinds } from '@healthapp/shared/domain/problem';
import { fleetAlerts, loadAlerts } from '@healthapp/shared/redis/alerts';
import { type ClockReading, readClock, recentBlindness } from '@healthapp/shared/redis/clock';
import { readLateness, readMassSilence, setMassSilence } from '@healthapp/shared/redis/mass-silence';
import { askHeldAgain } from '@healthapp/shared/redis/notifications';
import type { Partition, Partitions } from '@healthapp/shared/redis/partition';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { changeOf, write } from './detect.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';

export interface FleetOptions {
  /** All of them; the first is the one that is led. */
  readonly partitions: Partitions;
  readonly leadership: Leadership;
  /** Null: turned off. */
  readonly massSilence: MassSilenceSettings | null;
  readonly blindness: BlindnessSettings;
  readonly becomesOngoingAfterMs: number;
  readonly logger: Logger;
}

/** Windows that may matter for `blind_after`; each is over a second long. */
const windowsRead = 50;

/** Judges the fleet. @returns the mass silence that lasts, or null: it holds `offline` alerts back. */
export async function judgeFleet(options: FleetOptions, clock: ClockReading): Promise<MassSilence | null> {
  const { partitions, leadership, logger } = options;
  const [first] = partitions;
  const massSilence = await judgeMassSilence(options, clock);
  const problems: Problem[] = [];
  if (massSilence !== null) problems.push(massSilenceProblem(massSilence));
  const open = await openFleetAlerts(first);
  const share = blindShare(await recentBlindness(first, windowsRead), clock, options.blindness);
  const told = open.some(({ kind }) => kind === 'monitor-blind');
  if (isBlindForMost(share, told)) problems.push(blindProblem(share, options.blindness));

  const standing = new Set(problems.map(problemKey));
  const endings = open
    .filter(
      (alert) => (alert.kind === 'mass-silence' || alert.kind === 'monitor-blind') && !standing.has(problemKey(alert)),
    )
    .map((alert): Ending => ({ key: problemKey(alert), because: 'recovered' }));
  const { transitions } = compare(open, problems, endings, {}, null, clock.now);
  if (transitions.length > 0) {
    const facts = { server: null, labels: {}, lastHeardAt: null, dueAt: null };
    const changes = transitions.map((transition) => changeOf(transition, first, facts, clock.now));
    await write({ partition: first, leadership, becomesOngoingAfterMs: options.becomesOngoingAfterMs, logger }, [
      { server: '', revision: '', silent: false, history: {}, judgeAgainAt: null, changes },
    ]);
  }
  return massSilence;
}

async function openFleetAlerts(first: Partition): Promise<Alert[]> {
  const ids = Object.values(await fleetAlerts(first));
  return (await loadAlerts(first, ids)).flatMap((alert) => alert ?? []);
}

async function judgeMassSilence(options: FleetOptions, clock: ClockReading): Promise<MassSilence | null> {
  const { partitions, leadership, massSilence: settings, logger } = options;
  const [first] = partitions;
  const current = await readMassSilence(first);
  if (settings === null && current === null) return null;
  const clocks = await Promise.all(
    partitions.map((partition, index) => (index === 0 ? Promise.resolve(clock) : readClock(partition))),
  );
  const windowsOf = (beganOf: (index: number, observed: number) => number) =>
    partitions.map((partition, index) => {
      const { observed } = clocks[index] as ClockReading;
      return { partition, began: beganOf(index, observed), observed };
    });
  const windows = windowsOf((_, observed) => observed - (settings?.withinMs ?? 0));
  const lateness = await readLateness(windows);
  const since = current?.windowsBegan;
  const still =
    since === undefined ? lateness : await readLateness(windowsOf((index, observed) => since[index] ?? observed));

  const began = windows.map((window) => window.began);
  const decision = decideMassSilence(settings, current, lateness, still.late, began, clock.now);
  switch (decision.kind) {
    case 'none':
    case 'lasts':
      return current;
    case 'begins':
    case 'ends': {
      const next = decision.kind === 'begins' ? decision.massSilence : null;
      if (!leadership.holds()) throw new LeadershipLost();
      if (!(await setMassSilence(first, leadership.epoch, next))) throw new LeadershipLost();
      if (next === null) await Promise.all(partitions.map(askHeldAgain));
      logger.warn(`mass silence ${decision.kind}`, { late: still.late, upBefore: lateness.upBefore });
      return next;
    }
    default: {
      const unhandled: never = decision;
      return unhandled;
    }
  }
}

function massSilenceProblem(massSilence: MassSilence): Problem {
  const { severity } = problemKinds['mass-silence'];
  const { late, upBefore } = massSilence;
  return {
    kind: 'mass-silence',
    subject: '',
    severity,
    summary: `${late} of ${upBefore} servers fell silent together: look for what they share, such as a network or this monitor's own address`,
  };
}

function blindProblem(share: number, settings: BlindnessSettings): Problem {
  const { severity } = problemKinds['monitor-blind'];
  const over = formatDuration(settings.blindAfterMs);
  return {
    kind: 'monitor-blind',
    subject: '',
    severity,
    summary: `no API could take heartbeats for ${Math.round(share * 100)} % of the last ${over}: nothing is known of any server`,
  };
}
