/** What the poller reports of an invented app at a moment. Pure. */
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { type Chance, wandering } from '../chance.ts';
import type { InventedApp, Process } from './apps.ts';

export type HerokuPart = NonNullable<Heartbeat['heroku']>;

const secondMs = 1000;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const bootMs = 12 * secondMs;
/** A crashed dyno is started again this often. */
const crashEveryMs = 90 * secondMs;
const crashesAfterMs = 6 * secondMs;
const mostReleases = 10;

export interface InventedDyno {
  readonly name: string;
  readonly process: Process;
  readonly state: 'starting' | 'up' | 'crashed';
  /** When it came into this state; the same clock as `at`. */
  readonly since: number;
  /** When it was last started. */
  readonly startedAt: number;
  readonly release: number;
}

/** @param at ms since the demonstration began. */
function quantityAt({ story }: InventedApp, { type, quantity }: Process, at: number): number {
  return story.scalings.findLast((scaling) => scaling.type === type && scaling.at <= at)?.quantity ?? quantity;
}

export function dynosAt(app: InventedApp, at: number): InventedDyno[] {
  return app.processes.flatMap((process) =>
    Array.from({ length: quantityAt(app, process, at) }, (_, index) => dynoAt(app, process, index + 1, at)),
  );
}

function dynoAt({ story, name: app }: InventedApp, process: Process, number: number, at: number): InventedDyno {
  const name = `${process.type}.${number}`;
  const release = story.releases.findLast((one) => one.at <= at);
  const scaledUp = story.scalings.findLast(
    (one) => one.type === process.type && one.at <= at && number > process.quantity,
  );
  const { every, phase } = process.cycle ?? { every: dayMs, phase: cyclePhase(app, name) };
  const cycled = Math.floor((at - phase) / every) * every + phase;
  // One after the other, as they are replaced.
  const startedAt = Math.min(
    at,
    Math.max(release?.at ?? cycled, scaledUp?.at ?? cycled, cycled) + number * 2 * secondMs,
  );
  const known = { name, process, release: release?.version ?? 1 };
  const crash = story.crashes.find((one) => one.dyno === name && one.from <= at && at < one.to);
  if (crash !== undefined) {
    const restartedAt = at - ((at - crash.from) % crashEveryMs);
    const crashedAt = restartedAt + crashesAfterMs;
    return at < crashedAt && restartedAt > crash.from
      ? { ...known, state: 'starting', since: restartedAt, startedAt: restartedAt }
      : { ...known, state: 'crashed', since: Math.min(at, crashedAt), startedAt: restartedAt };
  }
  return at < startedAt + bootMs
    ? { ...known, state: 'starting', since: startedAt, startedAt }
    : { ...known, state: 'up', since: startedAt + bootMs, startedAt };
}

/** When in a day Heroku starts a dyno anew. */
function cyclePhase(app: string, dyno: string): number {
  return ((app.length * 7 + dyno.length * 5 + dyno.charCodeAt(dyno.length - 1)) % 24) * 60 * minuteMs;
}

/** In % of its quota. */
export function memoryAt(
  app: InventedApp,
  { process, name, startedAt }: InventedDyno,
  chance: Chance,
  at: number,
): number {
  const hours = Math.max(0, at - startedAt) / (60 * minuteMs);
  const warming = 1 - 0.4 * Math.exp(-hours * 20);
  // What leaks fast is collected now and then all the same, so that it levels out.
  const leaked = Math.min(55, process.leak * hours);
  return warming * process.memory + leaked + 3 * wandering(chance, `${app.name} ${name} memory`, at, 6 * minuteMs);
}

/** @param begins when the demonstration began, ms since 1970. */
export function appFactsAt(app: InventedApp, chance: Chance, at: number, begins: number): HerokuPart {
  const clock = (moment: number) => Math.round(begins + moment);
  const { story } = app;
  return {
    app: {
      name: app.name,
      owner: app.owner,
      region: app.region,
      stack: 'heroku-24',
      web_url: app.webUrl,
      maintenance: false,
    },
    dynos: dynosAt(app, at).map((dyno) => ({
      name: dyno.name,
      type: dyno.process.type,
      size: dyno.process.size,
      state: dyno.state,
      since: clock(dyno.since),
      release: dyno.release,
      ...(dyno.state === 'crashed' ? { log: lastWords(dyno, clock(dyno.since)) } : {}),
    })),
    formation: app.processes.map((process) => ({
      type: process.type,
      quantity: quantityAt(app, process, at),
      size: process.size,
    })),
    releases: story.releases
      .filter((release) => release.at <= at)
      .slice(-mostReleases)
      .reverse()
      .map(({ at: moment, ...release }) => ({ ...release, created: clock(moment), status: 'succeeded' })),
    addons: app.addons.map((addon) => ({
      ...addon,
      state: story.addonTroubles.some((one) => one.addon === addon.name && one.from <= at && at < one.to)
        ? 'provisioning'
        : 'provisioned',
    })),
    configVars: configVarsAt(app, chance, at),
    readAt: { dynos: clock(at), rest: clock(at) },
  };
}

/** Names, and invented fingerprints that differ where the value does. */
function configVarsAt(app: InventedApp, chance: Chance, at: number): NonNullable<HerokuPart['configVars']> {
  const set = app.story.settings.filter((setting) => setting.at <= at);
  const names = [...new Set([...app.configVars, ...set.map(({ name }) => name)])];
  const fingerprint = (name: string) => {
    const times = set.filter((setting) => setting.name === name).length;
    return [0, 1].map((part) => Math.floor(chance(app.name, name, times, part) * 2 ** 32).toString(16)).join('');
  };
  return { keyId: 'demo', vars: Object.fromEntries(names.map((name) => [name, fingerprint(name)])) };
}

function lastWords({ name }: InventedDyno, clock: number): string[] {
  const line = (before: number, source: string, text: string) =>
    `${new Date(clock - before).toISOString()} ${source}[${name}]: ${text}`;
  return [
    line(4100, 'heroku', 'Starting process with command `node server.js`'),
    line(1900, 'app', "Error: Cannot find module './search/index.js'"),
    line(1890, 'app', '    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)'),
    line(1880, 'app', '    at Object.<anonymous> (/app/server.js:14:16)'),
    line(400, 'heroku', 'Process exited with status 1'),
    line(0, 'heroku', 'State changed from starting to crashed'),
  ];
}
