/** Judgements of the fleet as a whole and of the monitor itself; partition 0's leader makes them. */
import { type Alert, closedAlert, type Ending } from '@healthapp/shared/domain/alert';
import { type BlindnessSettings, blindShare, isBlindForMost } from '@healthapp/shared/domain/blindness';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { compare } from '@healthapp/shared/domain/flapping';
import { decideMassSilence, type MassSilence, type MassSilenceSettings } from '@healthapp/shared/domain/mass-silence';
import { type Problem, problemKey, problemKinds } from '@healthapp/shared/domain/problem';
import { type JudgedChange, loadAlerts, openAlertsOf } from '@healthapp/shared/redis/alerts';
import { type ClockReading, readClock, recentBlindness } from '@healthapp/shared/redis/clock';
import { clearLoss, type Loss, readLoss } from '@healthapp/shared/redis/continuity';
import { askHeldAgain } from '@healthapp/shared/redis/held-notifications';
import { readLateness, readMassSilence, setMassSilence } from '@healthapp/shared/redis/mass-silence';
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
  const { partitions } = options;
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
  await writeFleet(
    options,
    transitions.map((transition) => changeOf(transition, first, fleetFacts, clock.now)),
  );
  await tellOfLoss(options, open, clock.now);
  return massSilence;
}

const fleetFacts = { server: null, labels: {}, lastHeardAt: null, dueAt: null };

async function writeFleet(options: FleetOptions, changes: readonly JudgedChange[]): Promise<void> {
  if (changes.length === 0) return;
  const { partitions, leadership, becomesOngoingAfterMs, logger } = options;
  await write({ partition: partitions[0], leadership, becomesOngoingAfterMs, logger }, [
    { server: '', revision: '', silent: false, history: {}, judgeAgainAt: null, changes, app: null },
  ]);
}

/**
 * Tells once that Redis lost writes: its alert opens and closes at once, and of the closing nobody is told.
 * The loss is cleared only when its alert stands, and an alert that is found standing is taken to have told it.
 */
async function tellOfLoss(options: FleetOptions, open: readonly Alert[], now: number): Promise<void> {
  const [first] = options.partitions;
  const loss = await readLoss(first);
  const found = open.find(({ kind }) => kind === 'data-lost');
  if (loss === null && found === undefined) return;
  let alert = found;
  if (alert === undefined && loss !== null) {
    const opening = changeOf({ kind: 'open', problem: dataLostProblem(loss) }, first, fleetFacts, now);
    await writeFleet(options, [opening]);
    alert = opening.alert;
  }
  await clearLoss(first);
  if (alert === undefined) return;
  await writeFleet(options, [{ kind: 'close', was: alert, alert: closedAlert(alert, 'recovered', now), event: null }]);
}

async function openFleetAlerts(first: Partition): Promise<Alert[]> {
  const ids = Object.values(await openAlertsOf(first, ''));
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

function dataLostProblem(loss: Loss): Problem {
  const { severity } = problemKinds['data-lost'];
  return { kind: 'data-lost', subject: '', severity, summary: lossSummary(loss) };
}

/** What is known of a loss, in one sentence. */
function lossSummary({ foundAt, lastSeenAt, keptUntil }: Loss): string {
  if (keptUntil === null) return 'Redis came back without its data: servers are known again when they report';
  const until = lastSeenAt ?? foundAt;
  return `Redis came back as it was ${formatDuration(Math.max(1000, until - keptUntil))} before: what was written in that time is gone`;
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
