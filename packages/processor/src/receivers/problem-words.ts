/** How each kind of problem is told to a person, and what they can do about it. Every receiver speaks from here. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { isProblemKind, type ProblemKind, problemKinds } from '@healthapp/shared/domain/problem';
import { elided, shellWord, visible } from './untrusted-text.ts';

/** One thing to do, with the commands that do it, ready to copy. */
export interface Step {
  readonly text: string;
  readonly commands: readonly string[];
}

export interface ProblemWords {
  /** What a person calls the kind: "Disk full". */
  readonly title: string;
  /** What the alert's subject is, where there is one: "Filesystem". */
  readonly subjectLabel: string;
  /** The incident without its state, equal in every message of one alert: "db-1 disk full: /var". */
  incident(alert: Alert): string;
  /** A sentence without its full stop, for when it began. */
  began(alert: Alert): string;
  /** @param lasted how long already, in words. */
  stands(alert: Alert, lasted: string): string;
  /** @param lasted how long it took, in words. */
  recovered(alert: Alert, lasted: string): string;
  /** The times that matter to this kind besides the alert's own, ms since 1970. */
  moments(alert: Alert): { label: string; at: number }[];
  /** What to do while it stands, the likeliest help first. */
  nextSteps(alert: Alert): Step[];
  /** What to look at once it is over. */
  afterwards(alert: Alert): Step[];
}

/** Longest name and path within a sentence, in characters; the table below the sentence has them whole. */
const longestName = 80;
const longestSubject = 80;
const longestSummary = 200;

function serverIn(alert: Alert): string {
  return alert.server === null ? 'HealthApp' : elided(visible(alert.server), longestName);
}

function subjectIn(alert: Alert): string {
  return elided(visible(alert.subject), longestSubject);
}

function summaryIn(alert: Alert): string {
  return elided(visible(alert.summary), longestSummary);
}

/** The server's name when it can be a host's: `heroku:shop` answers no ping, and a name is never an option. */
function hostName(alert: Alert): string | null {
  return alert.server !== null && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(alert.server) ? alert.server : null;
}

function momentAt(label: string, at: number | null): { label: string; at: number }[] {
  return at === null ? [] : [{ label, at }];
}

/** In the form that `journalctl --since` reads. */
function journalTime(ms: number): string {
  return `"${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC"`;
}

const offline: ProblemWords = {
  title: problemKinds.offline.title,
  subjectLabel: 'Part',
  incident: (alert) => `${serverIn(alert)} offline`,
  began: (alert) => `${serverIn(alert)} ${summaryIn(alert)}`,
  stands: (alert, lasted) => `${serverIn(alert)} has been offline for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: ${serverIn(alert)} reports again after ${lasted}`,
  moments: (alert) => [
    ...momentAt(alert.closedAt === null ? 'Last heard' : 'Silent since', alert.lastHeardAt),
    ...momentAt('Was due', alert.dueAt),
  ],
  nextSteps(alert) {
    const host = hostName(alert);
    return [
      {
        text: 'See whether the host answers. If not, look at its power, its network, its provider’s console.',
        commands: host === null ? [] : [`ping -c 3 ${host}`],
      },
      {
        text: 'If it answers, sign in and see whether the agent runs. Its journal says why it cannot report.',
        commands: ['systemctl status healthapp-agent', 'journalctl -u healthapp-agent -n 50'],
      },
    ];
  },
  afterwards(alert) {
    const from = alert.lastHeardAt ?? alert.createdAt;
    if (alert.closedAt === null) return [];
    const span = `--since ${journalTime(from)} --until ${journalTime(alert.closedAt)}`;
    return [{ text: 'To see what happened, on the host:', commands: [`journalctl ${span}`] }];
  },
};

const diskFull: ProblemWords = {
  title: problemKinds['disk-full'].title,
  subjectLabel: 'Filesystem',
  incident: (alert) => `${serverIn(alert)} disk full: ${subjectIn(alert)}`,
  began: (alert) => `${summaryIn(alert)} on ${serverIn(alert)}`,
  stands: (alert, lasted) => `${subjectIn(alert)} on ${serverIn(alert)} has been too full for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: ${subjectIn(alert)} on ${serverIn(alert)} has room again after ${lasted}`,
  moments: (alert) => momentAt('Reported', alert.lastHeardAt),
  nextSteps(alert) {
    // Only an absolute path is safe as an argument: anything else could be read as an option.
    const path = alert.subject.startsWith('/') ? shellWord(alert.subject) : null;
    return [
      {
        text: 'See what takes the room, on the host:',
        commands: path === null ? [] : [`df -h ${path}`, `du -xh --max-depth=1 ${path} | sort -h | tail`],
      },
      {
        text: 'If that adds up to less than is used, a process holds deleted files open; restarting it frees them:',
        commands: path === null ? [] : [`lsof +aL1 ${path}`],
      },
    ];
  },
  afterwards: () => [],
};

/** For the kinds of a newer version that this one sends on, and knows only by name. */
function unknownKind(kind: string): ProblemWords {
  const name = visible(kind).replaceAll('-', ' ');
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const told = (alert: Alert) => `${serverIn(alert)}: ${summaryIn(alert)}`;
  return {
    title,
    subjectLabel: 'Part',
    incident: (alert) => {
      const incident = alert.server === null ? title : `${serverIn(alert)} ${name}`;
      return alert.subject === '' ? incident : `${incident}: ${subjectIn(alert)}`;
    },
    began: told,
    stands: (alert, lasted) => `${told(alert)} (for ${lasted} now)`,
    recovered: (alert, lasted) => `Recovered after ${lasted}: ${told(alert)}`,
    moments: () => [],
    nextSteps: () => [],
    afterwards: () => [],
  };
}

const words: Record<ProblemKind, ProblemWords> = { offline, 'disk-full': diskFull };

export function wordsFor(kind: string): ProblemWords {
  return isProblemKind(kind) ? words[kind] : unknownKind(kind);
}
