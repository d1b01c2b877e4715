/** The words for a check that an agent runs. */
import { pollerName } from '@healthapp/shared/domain/heroku';
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { ProblemWords, Step } from '../problem-words.ts';
import { pollerSteps } from './heroku-words.ts';
import { agentCommands, momentAt, serverIn, subjectIn, summaryIn } from './phrases.ts';

export const checkFailed: ProblemWords = {
  title: problemKinds['check-failed'].title,
  subjectLabel: 'Check',
  several: { nouns: 'checks', state: 'failing' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} check failed: ${subjectIn(alert)}`,
  began: (alert) => `${serverIn(alert)}: ${summaryIn(alert)}`,
  stands: (alert, lasted) => `${subjectIn(alert)}, checked by ${serverIn(alert)}, has failed for ${lasted}`,
  recovered: (alert, lasted) =>
    `Recovered: ${subjectIn(alert)}, checked by ${serverIn(alert)}, is well again after ${lasted}`,
  moments: (alert) => momentAt('Reported', alert.lastHeardAt),
  meanwhile: [],
  nextSteps: (alert) => (alert.server === pollerName ? pollerSteps : agentSteps),
  afterwards: () => [],
};

const agentSteps: readonly Step[] = [
  {
    text: 'Look at what is checked: the reason above is how it answered, or why it did not.',
    commands: [],
  },
  {
    text: 'If it is well, look from where it is checked: the way there, its name, its certificate. The agent says what it sees:',
    commands: agentCommands,
  },
];
