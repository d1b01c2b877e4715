/** How each kind of problem is told to a person. Every receiver speaks from here. */

import type { Alert } from '@healthapp/shared/domain/alert';
import { elided } from '@healthapp/shared/domain/fitted-text';
import { isProblemKind, type ProblemKind } from '@healthapp/shared/domain/problem';
import type { ProblemWords } from '../problem-words.ts';
import { visible } from '../untrusted-text.ts';
import { checkFailed } from './check-words.ts';
import { dataLost, massSilence, monitorBlind } from './fleet-words.ts';
import { addonUnhealthy, dynoCrashed, dynoDown } from './heroku-words.ts';
import { serverIn, subjectIn, summaryIn } from './phrases.ts';
import { herokuError, http5xx } from './rule-words.ts';
import { clockSkew, diskFull, duplicateIdentity, neverReported, offline } from './server-words.ts';

const longestKind = 40;

/** `disk-full` as it stands within a list: "disk full". */
export function plainKind(kind: string): string {
  return elided(visible(kind).replaceAll('-', ' '), longestKind);
}

/** For the kinds of a newer version that this one sends on, and knows only by name. */
function unknownKind(kind: string): ProblemWords {
  const name = plainKind(kind);
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const told = (alert: Alert) => `${serverIn(alert)}: ${summaryIn(alert)}`;
  return {
    title,
    subjectLabel: 'Part',
    several: { nouns: `alerts “${name}”`, state: 'open' },
    listedBy: 'summary',
    gone: 'recovered',
    incident: (alert) => {
      const incident = alert.server === null ? title : `${serverIn(alert)} ${name}`;
      return alert.subject === '' ? incident : `${incident}: ${subjectIn(alert)}`;
    },
    began: told,
    stands: (alert, lasted) => `${told(alert)} (for ${lasted} now)`,
    recovered: (alert, lasted) => `Recovered after ${lasted}: ${told(alert)}`,
    moments: () => [],
    meanwhile: [],
    nextSteps: () => [],
    afterwards: () => [],
  };
}

const words: Record<ProblemKind, ProblemWords> = {
  offline,
  'disk-full': diskFull,
  'duplicate-identity': duplicateIdentity,
  'clock-skew': clockSkew,
  'never-reported': neverReported,
  'mass-silence': massSilence,
  'monitor-blind': monitorBlind,
  'data-lost': dataLost,
  'check-failed': checkFailed,
  'dyno-crashed': dynoCrashed,
  'dyno-down': dynoDown,
  'addon-unhealthy': addonUnhealthy,
  'heroku-error': herokuError,
  'http-5xx': http5xx,
};

export function wordsFor(kind: string): ProblemWords {
  return isProblemKind(kind) ? words[kind] : unknownKind(kind);
}
