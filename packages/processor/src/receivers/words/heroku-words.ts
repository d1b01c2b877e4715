/** The words for what can be wrong with a Heroku app, and with how it is watched. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { Moment } from '../moment.ts';
import type { ProblemWords, Step } from '../problem-words.ts';
import { shellWord } from '../untrusted-text.ts';
import { momentAt, serverIn, subjectIn, summaryIn } from './phrases.ts';

/** `--app shop`, for Heroku's own command line; empty when the app's name is not known. */
function appOption(alert: Alert): string | null {
  const app = alert.server === null ? null : appNameOf(alert.server);
  return app === null || app === '' || app.startsWith('-') ? null : `--app ${shellWord(app)}`;
}

export function commands(alert: Alert, ...each: readonly string[]): string[] {
  const option = appOption(alert);
  return option === null ? [] : each.map((command) => `${command} ${option}`);
}

function releaseMoment(alert: Alert): Moment[] {
  const release = alert.context?.release;
  return release === undefined ? [] : momentAt(`Release v${release.version}`, release.createdAt);
}

function lookFirst(alert: Alert): Step[] {
  return [
    {
      text: 'See how its dynos stand, and what they last wrote:',
      commands: commands(alert, 'heroku ps', 'heroku logs -n 200'),
    },
  ];
}

export function releaseSteps(alert: Alert): Step[] {
  const release = alert.context?.release;
  if (release === undefined)
    return [{ text: 'See whether something was released before:', commands: commands(alert, 'heroku releases') }];
  const before = release.version > 1 ? commands(alert, `heroku rollback v${release.version - 1}`) : [];
  return [
    {
      text: `It began shortly after release v${release.version}. See what that was, and go back if it is the cause:`,
      commands: [...commands(alert, `heroku releases:info v${release.version}`), ...before],
    },
  ];
}

export const dynoCrashed: ProblemWords = {
  title: problemKinds['dyno-crashed'].title,
  subjectLabel: 'Dyno',
  several: { nouns: 'dynos', state: 'crashed' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} dyno crashed: ${subjectIn(alert)}`,
  began: (alert) => `${serverIn(alert)}: ${summaryIn(alert)}`,
  stands: (alert, lasted) =>
    `${subjectIn(alert)} of ${serverIn(alert)} has not been up for ${lasted}, since it crashed`,
  recovered: (alert, lasted) => `Recovered: ${subjectIn(alert)} of ${serverIn(alert)} is up again after ${lasted}`,
  removed: 'It was scaled away, or its app is no longer there.',
  moments: releaseMoment,
  meanwhile: [],
  nextSteps: (alert) => [
    ...lookFirst(alert),
    ...releaseSteps(alert),
    { text: 'Start it anew:', commands: commands(alert, `heroku ps:restart ${shellWord(alert.subject)}`) },
  ],
  afterwards: (alert) => [{ text: 'To see why it crashed:', commands: commands(alert, 'heroku logs -n 1500') }],
};

export const dynoDown: ProblemWords = {
  title: problemKinds['dyno-down'].title,
  subjectLabel: 'Dyno',
  several: { nouns: 'dynos', state: 'down' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} dyno down: ${subjectIn(alert)}`,
  began: (alert) => `${serverIn(alert)}: ${summaryIn(alert)}`,
  stands: (alert, lasted) => `${subjectIn(alert)} of ${serverIn(alert)} has not been up for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: ${subjectIn(alert)} of ${serverIn(alert)} is up again after ${lasted}`,
  removed: 'It was scaled away, or its app is no longer there.',
  moments: releaseMoment,
  meanwhile: [],
  nextSteps: (alert) => [
    ...lookFirst(alert),
    ...releaseSteps(alert),
    { text: 'See whether Heroku itself has trouble:', commands: ['heroku status'] },
  ],
  afterwards: () => [],
};

export const addonUnhealthy: ProblemWords = {
  title: problemKinds['addon-unhealthy'].title,
  subjectLabel: 'Add-on',
  several: { nouns: 'add-ons', state: 'not provisioned' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} add-on not well: ${subjectIn(alert)}`,
  began: (alert) => `${serverIn(alert)}: ${summaryIn(alert)}`,
  stands: (alert, lasted) => `Add-on ${subjectIn(alert)} of ${serverIn(alert)} has not been provisioned for ${lasted}`,
  recovered: (alert, lasted) =>
    `Recovered: add-on ${subjectIn(alert)} of ${serverIn(alert)} is provisioned after ${lasted}`,
  removed: 'The app does not have it any more.',
  moments: () => [],
  meanwhile: [],
  nextSteps: (alert) => [
    {
      text: 'A new add-on is provisioned within minutes. If it is not new, see what Heroku says of it:',
      commands: commands(alert, `heroku addons:info ${shellWord(alert.subject)}`),
    },
    { text: 'See whether Heroku itself has trouble:', commands: ['heroku status'] },
  ],
  afterwards: () => [],
};

/** When the poller cannot see: Heroku's API, or an app. */
export const pollerSteps: readonly Step[] = [
  {
    text: 'Nothing new is known of these apps meanwhile; what was wrong with them counts as wrong still. If the key is refused, make a new one and set it as HEROKU_API_KEY or heroku.api_key:',
    commands: ['heroku authorizations:create --scope read-protected'],
  },
  {
    text: 'If Heroku cannot be reached, see whether it has trouble, or the network of the poller:',
    commands: ['heroku status'],
  },
  { text: 'What the poller says:', commands: ['journalctl -u healthapp-heroku -n 50'] },
];
