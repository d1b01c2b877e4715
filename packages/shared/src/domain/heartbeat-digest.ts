import type { HerokuFacts } from './heroku.ts';
import type { Filesystem } from './server.ts';

/** What of a heartbeat can matter to a judgement. `judge` may look at nothing else that a server says of itself. */
interface SignificantFacts {
  readonly bootId?: string | undefined;
  readonly status?: 'up' | 'stopping' | undefined;
  readonly agent?: { readonly version?: string | undefined } | undefined;
  readonly clockOffset?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly checks?: readonly { readonly name: string; readonly status?: string | undefined }[] | undefined;
  readonly heroku?: HerokuFacts | undefined;
  readonly host?:
    | {
        readonly filesystems?: readonly Pick<Filesystem, 'path' | 'percent'>[] | undefined;
        readonly unobserved?: readonly { readonly path: string }[] | undefined;
      }
    | undefined;
}

/**
 * Everything in a heartbeat that could change a judgement, as text. While it stays the same, a heartbeat
 * moves the deadline and nothing else: the processor is not bothered.
 */
export function significantText(facts: SignificantFacts): string {
  // To 10 s: a clock that drifts by milliseconds is no news.
  const offset = Math.round((facts.clockOffset ?? 0) / 10_000);
  let text = `${facts.bootId ?? ''}\n${facts.status ?? 'up'}\n${facts.agent?.version ?? ''}\n${offset}`;
  for (const [label, value] of Object.entries(facts.labels ?? {})) text += `\n${label}=${value}`;
  for (const { name, status = '' } of facts.checks ?? []) text += `\n${name}: ${status}`;
  for (const filesystem of facts.host?.filesystems ?? []) text += `\n${filesystem.path} ${filesystem.percent}`;
  for (const { path } of facts.host?.unobserved ?? []) text += `\n${path} ?`;
  return facts.heroku === undefined ? text : `${text}\n${significantOfHeroku(facts.heroku)}`;
}

/** Not how long a dyno has been up, nor where its log stands: a restart alone is no news. */
function significantOfHeroku(facts: HerokuFacts): string {
  const { dynos, formation, releases, addons, configVars, cut, unobserved, gone, poller } = facts;
  return JSON.stringify([
    dynos?.map(({ name, state, since }) => (state === 'up' ? [name, state] : [name, state, since])) ?? null,
    formation ?? null,
    releases?.map(({ version }) => version) ?? null,
    addons?.map(({ name, plan, state }) => [name, plan, state]) ?? null,
    configVars ?? null,
    cut ?? null,
    unobserved?.reason ?? null,
    gone !== undefined,
    poller === undefined ? null : [poller.platform.state, poller.unreadable],
  ]);
}
