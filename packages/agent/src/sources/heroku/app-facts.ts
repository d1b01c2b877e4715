/** From Heroku's answers to what a heartbeat says of an app, within the bounds of the wire. Pure. */
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import type { Fingerprints } from './fingerprint.ts';

export type HerokuPart = NonNullable<Heartbeat['heroku']>;

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const textOf = (value: unknown, most = 256): string => (typeof value === 'string' ? value.slice(0, most) : '');
const timeOf = (value: unknown): number | undefined => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time);
};
const wholeOf = (value: unknown): number => (Number.isSafeInteger(value) ? Math.max(0, value as number) : 0);
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectOf) : []);

const most = { dynos: 1000, formation: 200, releases: 50, addons: 300, configVars: 1000 };

export function appOf(value: unknown): HerokuPart['app'] {
  const app = objectOf(value);
  const url = textOf(app.web_url, 2048);
  return {
    name: textOf(app.name, 128),
    owner: textOf(objectOf(app.owner).email, 320),
    region: textOf(objectOf(app.region).name, 64),
    stack: textOf(objectOf(app.stack).name, 64),
    web_url: url === '' ? null : url,
    maintenance: app.maintenance === true,
  };
}

type Dynos = NonNullable<HerokuPart['dynos']>;

/** Those that are not up first, so that a list that is cut lacks none of them. */
export function dynosOf(value: unknown): { dynos: Dynos; cut: boolean } {
  const dynos = listOf(value)
    .map((dyno) => {
      const since = timeOf(dyno.updated_at);
      const release = objectOf(dyno.release).version;
      return {
        name: textOf(dyno.name, 128),
        type: textOf(dyno.type, 128),
        size: textOf(dyno.size, 64),
        state: textOf(dyno.state, 64),
        ...(since === undefined ? {} : { since }),
        ...(Number.isSafeInteger(release) ? { release: wholeOf(release) } : {}),
      };
    })
    .filter(({ name }) => name !== '');
  const ordered =
    dynos.length > most.dynos ? [...dynos.filter(isNotUp), ...dynos.filter((dyno) => !isNotUp(dyno))] : dynos;
  return { dynos: ordered.slice(0, most.dynos), cut: dynos.length > most.dynos };
}

const isNotUp = ({ state }: { readonly state: string }) => state !== 'up';

export function formationOf(value: unknown): { formation: NonNullable<HerokuPart['formation']>; cut: boolean } {
  const formation = listOf(value)
    .map(({ type, quantity, size }) => ({
      type: textOf(type, 128),
      quantity: wholeOf(quantity),
      size: textOf(size, 64),
    }))
    .filter(({ type }) => type !== '');
  return { formation: formation.slice(0, most.formation), cut: formation.length > most.formation };
}

export function releasesOf(value: unknown): NonNullable<HerokuPart['releases']> {
  const releases = listOf(value).map((release) => {
    const user = textOf(objectOf(release.user).email, 320);
    return {
      version: wholeOf(release.version),
      description: textOf(release.description, 1024),
      ...(user === '' ? {} : { user }),
      created: timeOf(release.created_at) ?? 0,
      status: textOf(release.status, 64),
    };
  });
  return releases.sort((one, other) => other.version - one.version).slice(0, most.releases);
}

export function addonsOf(value: unknown): { addons: NonNullable<HerokuPart['addons']>; cut: boolean } {
  const addons = listOf(value)
    .map((addon) => ({
      name: textOf(addon.name),
      service: textOf(objectOf(addon.addon_service).name),
      plan: textOf(objectOf(addon.plan).name),
      state: textOf(addon.state, 64),
    }))
    .filter(({ name }) => name !== '');
  return { addons: addons.slice(0, most.addons), cut: addons.length > most.addons };
}

/** The values are used here and nowhere else, but for `secretsOf`. */
export function configVarsOf(
  value: unknown,
  fingerprints: Fingerprints,
): { configVars: NonNullable<HerokuPart['configVars']>; cut: boolean } {
  const names = Object.keys(objectOf(value)).sort();
  const vars = names.slice(0, most.configVars).map((name) => {
    return [name.slice(0, 256), fingerprints.of(name, String(objectOf(value)[name]))];
  });
  return {
    configVars: { keyId: fingerprints.keyId, vars: Object.fromEntries(vars) },
    cut: names.length > most.configVars,
  };
}

/** Shorter values are words that stand in any text. */
const shortestSecret = 6;

/** What must not stand in a line of log, the longest first. */
export function secretsOf(value: unknown): readonly [name: string, value: string][] {
  return Object.entries(objectOf(value))
    .flatMap(([name, text]): [string, string][] =>
      typeof text === 'string' && text.length >= shortestSecret ? [[name, text]] : [],
    )
    .sort(([, one], [, other]) => other.length - one.length);
}

const longestLine = 500;

/** The last lines, with the values of config vars taken out of them. */
export function logLinesOf(text: string, mostLines: number, secrets: readonly [string, string][]): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-mostLines).map((line) => withoutSecrets(line, secrets).slice(0, longestLine));
}

/** @param secrets `secretsOf` the app's config vars. */
export function withoutSecrets(text: string, secrets: readonly [string, string][]): string {
  let shown = text;
  for (const [name, value] of secrets) if (shown.includes(value)) shown = shown.replaceAll(value, `[${name}]`);
  return shown;
}

const largestBody = 256 * 1024;

/** The body, within what the API takes: first the logs go, then what is least in need of a look. */
export function encodeHerokuHeartbeat(heartbeat: Heartbeat): Buffer {
  let body = Buffer.from(JSON.stringify(heartbeat));
  let part = heartbeat.heroku;
  while (body.length > largestBody && part !== undefined) {
    const lists = {
      dynos: part.dynos ?? [],
      addons: part.addons ?? [],
      vars: Object.entries(part.configVars?.vars ?? {}),
    };
    if (lists.dynos.length + lists.addons.length + lists.vars.length === 0) break;
    const half = <T>(list: readonly T[]) => list.slice(0, Math.floor(list.length / 2));
    part = {
      ...part,
      dynos: [...lists.dynos.filter(isNotUp), ...half(lists.dynos.filter((dyno) => !isNotUp(dyno)))]
        .slice(0, 500)
        .map(({ log: _, ...dyno }) => dyno),
      addons: half(lists.addons),
      ...(part.configVars === undefined
        ? {}
        : { configVars: { keyId: part.configVars.keyId, vars: Object.fromEntries(half(lists.vars)) } }),
      cut: ['dynos', 'addons', 'configVars'],
    };
    body = Buffer.from(JSON.stringify({ ...heartbeat, heroku: part }));
  }
  return body;
}
