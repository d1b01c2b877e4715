/**
 * The invented Heroku apps: who they are, and what happens to each. All times are ms since the demonstration began;
 * before it they are negative. Pure.
 */
import type { Chance } from '../chance.ts';
import { pastMs } from '../fate.ts';

export interface Process {
  readonly type: string;
  readonly size: 'standard-1x' | 'standard-2x';
  readonly quantity: number;
  /** What it holds soon after its start, in % of its quota. */
  readonly memory: number;
  /** What it gains an hour, in % of its quota. */
  readonly leak: number;
  /** When its dynos are started anew, ms; null: once a day, as Heroku does. */
  readonly cycle: { readonly every: number; readonly phase: number } | null;
}

export interface InventedApp {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
  readonly webUrl: string;
  readonly processes: readonly Process[];
  readonly addons: readonly { readonly name: string; readonly service: string; readonly plan: string }[];
  readonly configVars: readonly string[];
  /** By day, a minute. */
  readonly requests: number;
  readonly story: Story;
}

/** What happens to an app. Lists are in order. */
export interface Story {
  readonly releases: readonly {
    readonly at: number;
    readonly version: number;
    readonly description: string;
    readonly user: string;
  }[];
  /** Between which a dyno crashes as often as it is started. */
  readonly crashes: readonly { readonly dyno: string; readonly from: number; readonly to: number }[];
  readonly scalings: readonly { readonly at: number; readonly type: string; readonly quantity: number }[];
  readonly settings: readonly { readonly at: number; readonly name: string; readonly is: 'added' | 'changed' }[];
  /** While the add-on is away. */
  readonly addonTroubles: readonly { readonly addon: string; readonly from: number; readonly to: number }[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const futureMs = 12 * hourMs;
const people = ['dana@example.com', 'femi@example.com', 'ines@example.com'] as const;

/** A story is made of rounds of this length, so that there is something to see whenever one looks. */
const roundMs = 40 * minuteMs;

type Changes = { -readonly [Part in keyof Story]: Story[Part][number][] };

/** @param round its beginning. */
type Round = (changes: Changes, round: number, release: (at: number, description: string) => void) => void;

export function inventApps(chance: Chance): InventedApp[] {
  return [
    {
      name: 'shop',
      owner: 'shop-team@example.com',
      region: 'eu',
      webUrl: 'https://shop.herokuapp.example/',
      processes: [
        { type: 'web', size: 'standard-2x', quantity: 3, memory: 52, leak: 1.2, cycle: null },
        { type: 'worker', size: 'standard-1x', quantity: 2, memory: 60, leak: 1.5, cycle: null },
      ],
      addons: [
        { name: 'postgresql-clear-41207', service: 'heroku-postgresql', plan: 'heroku-postgresql:standard-0' },
        { name: 'redis-rounded-73314', service: 'heroku-redis', plan: 'heroku-redis:premium-0' },
        { name: 'papertrail-curved-12043', service: 'papertrail', plan: 'papertrail:fixa' },
      ],
      configVars: ['DATABASE_URL', 'NODE_ENV', 'PAYMENT_KEY', 'REDIS_URL', 'SESSION_SECRET', 'WEB_CONCURRENCY'],
      requests: 900,
      story: storyOf(chance, 'shop', 207, crashLoop),
    },
    {
      name: 'invoices',
      owner: 'back-office@example.com',
      region: 'eu',
      webUrl: 'https://invoices.herokuapp.example/',
      processes: [
        { type: 'web', size: 'standard-1x', quantity: 1, memory: 48, leak: 1, cycle: null },
        // Over its quota about 23 minutes after each start.
        {
          type: 'worker',
          size: 'standard-1x',
          quantity: 1,
          memory: 58,
          leak: 110,
          cycle: { every: 45 * minuteMs, phase: 25 * minuteMs },
        },
        { type: 'clock', size: 'standard-1x', quantity: 1, memory: 31, leak: 1, cycle: null },
      ],
      addons: [
        { name: 'postgresql-tapered-20881', service: 'heroku-postgresql', plan: 'heroku-postgresql:essential-1' },
        { name: 'cloudamqp-angular-90152', service: 'cloudamqp', plan: 'cloudamqp:lemur' },
      ],
      configVars: ['AMQP_URL', 'DATABASE_URL', 'PDF_FONTS', 'SMTP_PASSWORD', 'VAT_RATES_URL'],
      requests: 70,
      story: storyOf(chance, 'invoices', 58, growth),
    },
  ];
}

/** A release that crashes, is taken back, and some turning of knobs. */
const crashLoop: Round = (changes, round, release) => {
  const at = (minutes: number) => round + minutes * minuteMs;
  release(at(1), 'Deploy');
  changes.crashes.push({ dyno: 'web.2', from: at(1.6), to: at(8) });
  release(at(8), 'Rollback');
  changes.settings.push({ at: at(14), name: 'FEATURE_SEARCH', is: round < roundMs ? 'added' : 'changed' });
  release(at(14), 'Set FEATURE_SEARCH config vars');
  changes.scalings.push({ at: at(20), type: 'worker', quantity: 4 }, { at: at(34), type: 'worker', quantity: 2 });
};

/** A worker that leaks until it is started anew, by a timer or by a release, and an add-on that is away for a while. */
const growth: Round = (changes, round, release) => {
  const at = (minutes: number) => round + minutes * minuteMs;
  changes.addonTroubles.push({ addon: 'cloudamqp-angular-90152', from: at(3), to: at(11) });
  changes.settings.push({ at: at(37), name: 'VAT_RATES_URL', is: 'changed' });
  release(at(37), 'Set VAT_RATES_URL config vars');
};

/** @param version of its first release, 30 days ago. */
function storyOf(chance: Chance, app: string, version: number, round: Round): Story {
  const changes: Changes = { releases: [], crashes: [], scalings: [], settings: [], addonTroubles: [] };
  function release(at: number, what: string): void {
    const number = version + changes.releases.length;
    changes.releases.push({
      at,
      version: number,
      description: wordsOf(what, number, chance),
      user: people[Math.floor(chance('who', app, number) * people.length)] as string,
    });
  }
  for (let day = -pastMs; day < -dayMs; day += (1 + Math.floor(2.5 * chance('next', app, day))) * dayMs) {
    release(day + (0.1 + 0.6 * chance('hour', app, day)) * dayMs, 'Deploy');
  }
  for (let start = 0; start < futureMs; start += roundMs) round(changes, start, release);
  return changes;
}

function wordsOf(what: string, version: number, chance: Chance): string {
  if (what === 'Deploy')
    return `Deploy ${Math.floor(chance('commit', version) * 2 ** 32)
      .toString(16)
      .padStart(8, '0')}`;
  return what === 'Rollback' ? `Rollback to v${version - 2}` : what;
}
