/** The words for a breach of a rule: an error of an app that came too often. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { isPlatformError, platformErrors } from '@healthapp/shared/domain/app-log';
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { ProblemWords, Step } from '../problem-words.ts';
import { commands, releaseSteps } from './heroku-words.ts';
import { serverIn, subjectIn, summaryIn } from './phrases.ts';

/** `R14` of `R14 on worker (3 in 5 min)`. */
function codeOf({ subject }: Alert): string {
  return subject.slice(0, Math.max(0, subject.indexOf(' ')));
}

function explanation(alert: Alert): Step[] {
  const code = codeOf(alert);
  if (!isPlatformError(code)) return [];
  return [
    {
      text: `Heroku calls ${code} “${platformErrors[code]}”; what it means and what helps: https://devcenter.heroku.com/articles/error-codes`,
      commands: [],
    },
  ];
}

function lookAtLog(alert: Alert): Step {
  return { text: 'See the lines of its log:', commands: commands(alert, 'heroku logs -n 1500') };
}

const common = {
  subjectLabel: 'Rule',
  listedBy: 'summary',
  gone: 'recovered',
  began: (alert: Alert) => `${serverIn(alert)}: ${summaryIn(alert)}`,
  stands: (alert: Alert, lasted: string) => `${serverIn(alert)}: ${subjectIn(alert)} has stood for ${lasted}`,
  recovered: (alert: Alert, lasted: string) =>
    `Recovered: ${subjectIn(alert)} of ${serverIn(alert)} is below its count again after ${lasted}`,
  removed: 'The rule was changed or removed, or its app is no longer there.',
  moments: () => [],
  meanwhile: [],
  afterwards: (alert: Alert) => [lookAtLog(alert)],
} as const satisfies Partial<ProblemWords>;

export const herokuError: ProblemWords = {
  ...common,
  title: problemKinds['heroku-error'].title,
  several: { nouns: 'rules', state: 'breached' },
  incident: (alert) => `${serverIn(alert)} error: ${subjectIn(alert)}`,
  nextSteps: (alert) => [...explanation(alert), lookAtLog(alert), ...releaseSteps(alert)],
};

export const http5xx: ProblemWords = {
  ...common,
  title: problemKinds['http-5xx'].title,
  several: { nouns: 'apps', state: 'failing requests' },
  incident: (alert) => `${serverIn(alert)} requests fail: ${subjectIn(alert)}`,
  nextSteps: (alert) => [lookAtLog(alert), ...releaseSteps(alert)],
};
