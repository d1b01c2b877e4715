/** Random faults, drawn by a seed: the same seed gives the same schedule on every machine. Pure. */

/** Where a fault strikes; one place suffers one fault at a time. */
type Place =
  | 'api'
  | 'leader'
  | 'standby'
  | 'redis'
  | 'mail server'
  | 'agents–api'
  | 'api–redis'
  | 'processors–redis'
  | 'processors–mail server';

export type FaultKind =
  | 'killed'
  | 'paused'
  | 'out of memory'
  | 'read-only'
  | 'restored older'
  | 'emptied'
  | 'failed over'
  | 'down'
  | 'hanging'
  | 'putting off'
  | 'blackhole'
  | 'reset'
  | 'refuse'
  | 'forgotten'
  | 'slow'
  | 'very slow';

export interface Fault {
  readonly place: Place;
  readonly kind: FaultKind;
  /** ms from the schedule's beginning. */
  readonly at: number;
  readonly forMs: number;
}

/** A server that dies, for good or to come back. */
export interface Death {
  readonly server: string;
  readonly at: number;
  /** Null: it stays down. */
  readonly backAt: number | null;
}

export interface Schedule {
  readonly seed: number;
  readonly servers: readonly string[];
  readonly faults: readonly Fault[];
  readonly deaths: readonly Death[];
  /** Whether Redis loses writes that it acknowledged. */
  readonly losesWrites: boolean;
  /** From when on nothing happens any more. */
  readonly lengthMs: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

const range = (least: number, most: number): Range => ({ least, most });

/** How long each may last, ms. What only makes agents late stays well within their grace. */
const faultsAt: Readonly<Record<Place, Partial<Record<FaultKind, Range>>>> = {
  api: { killed: range(100, 6000), paused: range(300, 6000) },
  leader: { killed: range(200, 6000), paused: range(300, 9000) },
  standby: { killed: range(200, 6000), paused: range(300, 9000) },
  redis: {
    killed: range(100, 6000),
    paused: range(300, 7000),
    'out of memory': range(500, 6000),
    'read-only': range(500, 6000),
  },
  'mail server': { down: range(500, 6000), hanging: range(500, 6000), 'putting off': range(500, 6000) },
  'agents–api': {
    blackhole: range(200, 1200),
    reset: range(200, 1200),
    refuse: range(200, 1200),
    slow: range(1000, 6000),
  },
  'api–redis': {
    blackhole: range(300, 6000),
    reset: range(300, 6000),
    refuse: range(300, 6000),
    forgotten: range(100, 100),
    slow: range(1000, 6000),
    'very slow': range(1000, 6000),
  },
  'processors–redis': {
    blackhole: range(300, 6000),
    reset: range(300, 6000),
    refuse: range(300, 6000),
    forgotten: range(100, 100),
    slow: range(1000, 6000),
    'very slow': range(1000, 6000),
  },
  'processors–mail server': {
    blackhole: range(300, 6000),
    reset: range(300, 6000),
    refuse: range(300, 6000),
    forgotten: range(100, 100),
    slow: range(1000, 6000),
  },
};

/** Of Redis alone, and at most one in a schedule: what it acknowledged is gone. */
const losses = { 'restored older': range(100, 3000), emptied: range(100, 3000), 'failed over': range(100, 100) };
const shareThatLosesWrites = 0.25;

const serverCount = 8;
const faultCount = 6;
const spanMs = 36_000;
/** How many servers die, of `serverCount`; the others report throughout. */
const deadForGood = range(1, 3);
const deadForAWhile = range(1, 3);
const dying = range(0, spanMs - 4000);
const away = range(1000, 14_000);
/** Between two faults of one place, ms. */
const pauseMs = 1500;
/**
 * Nobody can tell agents that cannot reach the API from agents that are down, so that time is within their
 * grace; what makes them late besides must not add to it.
 */
const alsoMakesAgentsLate: ReadonlySet<Place> = new Set(['api', 'redis', 'api–redis']);
const pauseOfAgentsMs = 8000;

export function scheduleOf(seed: number): Schedule {
  const random = createRandom(seed);
  const between = ({ least, most }: Range) => Math.round(least + (most - least) * random());
  const oneOf = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

  const losesWrites = random() < shareThatLosesWrites;
  const faults: Fault[] = [];
  const lossKinds = Object.keys(losses) as (keyof typeof losses)[];
  if (losesWrites) {
    const kind = oneOf(lossKinds);
    // Late enough that there is something to lose.
    faults.push({ place: 'redis', kind, at: between(range(12_000, spanMs - 6000)), forMs: between(losses[kind]) });
  }
  const places = Object.keys(faultsAt) as Place[];
  for (let tries = 0; faults.length < faultCount && tries < 1000; tries += 1) {
    const place = oneOf(places);
    const kind = oneOf(Object.keys(faultsAt[place]) as FaultKind[]);
    const forMs = between(faultsAt[place][kind] as Range);
    const at = between(range(0, spanMs - forMs));
    const fault: Fault = { place, kind, at, forMs };
    if (!faults.some((other) => clash(fault, other))) faults.push(fault);
  }

  const servers = Array.from({ length: serverCount }, (_, index) => `server-${index + 1}`);
  const doomed = [...servers];
  const draw = () => doomed.splice(Math.floor(random() * doomed.length), 1)[0] as string;
  const deaths = [
    ...Array.from(
      { length: between(deadForGood) },
      (): Death => ({ server: draw(), at: between(dying), backAt: null }),
    ),
    ...Array.from({ length: between(deadForAWhile) }, (): Death => {
      const at = between(dying);
      return { server: draw(), at, backAt: at + between(away) };
    }),
  ];
  const ends = [...faults.map(({ at, forMs }) => at + forMs), ...deaths.map(({ at, backAt }) => backAt ?? at)];
  return {
    seed,
    servers,
    faults: faults.sort((a, b) => a.at - b.at),
    deaths: deaths.sort((a, b) => a.at - b.at),
    losesWrites,
    lengthMs: Math.max(...ends),
  };
}

function clash(one: Fault, other: Fault): boolean {
  const apart = leastPause(one.place, other.place);
  return apart !== null && one.at < other.at + other.forMs + apart && other.at < one.at + one.forMs + apart;
}

/** How far apart faults of two places have to be, ms; null: they may strike together. */
function leastPause(one: Place, other: Place): number | null {
  if (one === other) return pauseMs;
  const agentsAndOther = one === 'agents–api' ? other : other === 'agents–api' ? one : null;
  return agentsAndOther !== null && alsoMakesAgentsLate.has(agentsAndOther) ? pauseOfAgentsMs : null;
}

/** For people, and to compare two runs by. */
export function describeSchedule({ seed, faults, deaths, losesWrites }: Schedule): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(5)} s`;
  const lines = [
    ...faults.map(({ at, forMs, place, kind }) => ({
      at,
      text: `${place}: ${kind} for ${(forMs / 1000).toFixed(1)} s`,
    })),
    ...deaths.map(({ at, backAt, server }) => ({
      at,
      text: `${server} dies${backAt === null ? '' : ` and is back at ${seconds(backAt).trim()}`}`,
    })),
  ].sort((a, b) => a.at - b.at);
  return [
    `seed ${seed}${losesWrites ? ' (redis loses writes)' : ''}`,
    ...lines.map(({ at, text }) => `  ${seconds(at)}  ${text}`),
  ].join('\n');
}

/** Mulberry32: 0 ≤ number < 1, evenly spread, the same for one seed everywhere. */
function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
