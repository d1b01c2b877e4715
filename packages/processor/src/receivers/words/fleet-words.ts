/** The words for what concerns all servers, or the monitor itself. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { ProblemWords } from '../problem-words.ts';
import { journalSpan, summaryIn } from './phrases.ts';

const massSilenceTitle = problemKinds['mass-silence'].title;

/** "120 of 200 servers fell silent together": how many they were when it was found, as the summary begins. */
function fellSilent(alert: Alert): string {
  return /^\d+ of \d+ servers fell silent together/.exec(alert.summary)?.[0] ?? massSilenceTitle;
}

export const massSilence: ProblemWords = {
  title: massSilenceTitle,
  subjectLabel: 'Part',
  several: { nouns: 'mass silences', state: 'found' },
  listedBy: 'since',
  // It also ends when it lasted too long to hold the rest back any longer.
  gone: 'over',
  incident: fellSilent,
  began: fellSilent,
  stands: (alert, lasted) => `${fellSilent(alert)} ${lasted} ago, and half of them or more still are`,
  recovered: (alert, lasted) => `Over after ${lasted}: ${fellSilent(alert)}`,
  moments: () => [],
  meanwhile: [
    'Their offline alerts are held back meanwhile: recorded and shown, but not sent. You are told of those that outlast this.',
  ],
  nextSteps: () => [
    {
      text: 'Look for what they share: a network, a switch, a provider, a machine that hosts them, DNS, and the address at which they reach this monitor (api_url).',
      commands: [],
    },
    {
      text: 'If they run, it is the way to the monitor. Sign in to one of them; its agent says why it cannot report:',
      commands: ['journalctl -u healthapp-agent -n 20'],
    },
  ],
  afterwards: (alert) =>
    alert.closedAt === null
      ? []
      : [
          {
            text: 'Either most of them report again, or it lasted too long to hold the others back. Of those that are still silent you are told now. To see what happened, on one of them:',
            commands: [`journalctl ${journalSpan(alert.createdAt, alert.closedAt)}`],
          },
        ],
};

export const monitorBlind: ProblemWords = {
  title: problemKinds['monitor-blind'].title,
  subjectLabel: 'Part',
  several: { nouns: 'times', state: 'without sight' },
  listedBy: 'since',
  gone: 'recovered',
  incident: () => problemKinds['monitor-blind'].title,
  began: (alert) => capitalised(summaryIn(alert).split(':')[0] ?? ''),
  stands: (_alert, lasted) => `The monitor has hardly been able to take heartbeats for ${lasted}`,
  recovered: (_alert, lasted) => `Recovered: the monitor takes heartbeats again after ${lasted}`,
  moments: () => [],
  meanwhile: [
    'Nothing is known of any server meanwhile: none counts as silent for this time, and what is really down is found only afterwards.',
  ],
  nextSteps: () => [
    {
      text: 'See whether the API runs, and what it says:',
      commands: ['systemctl status healthapp-api', 'journalctl -u healthapp-api -n 50'],
    },
    {
      text: 'Ask it whether it reaches Redis, at its address in api_listen. The processor does: it sent this.',
      commands: ['curl -i http://127.0.0.1:8000/readyz'],
    },
    {
      text: 'If it is well, look at what stands before it: the balancer or proxy, its certificate, and probe_url in the configuration, at which the API must reach itself.',
      commands: [],
    },
  ],
  afterwards(alert) {
    if (alert.closedAt === null) return [];
    const command = `journalctl -u healthapp-api ${journalSpan(alert.createdAt, alert.closedAt)}`;
    return [{ text: 'To see what happened, where the API runs:', commands: [command] }];
  },
};

export const dataLost: ProblemWords = {
  title: problemKinds['data-lost'].title,
  subjectLabel: 'Part',
  several: { nouns: 'losses of data', state: 'found' },
  listedBy: 'summary',
  gone: 'over',
  incident: () => problemKinds['data-lost'].title,
  began: (alert) => alert.summary,
  stands: (alert) => alert.summary,
  recovered: (alert) => alert.summary,
  moments: () => [],
  meanwhile: [
    'Who reports is known again with its next heartbeat, and what is wrong with it is found anew. Alerts that people had been told of were put back, as far as a processor remembers them, so their end is told; a few may be told once more.',
  ],
  nextSteps: () => [
    {
      text: 'See why Redis lost what it had acknowledged: a restart without persistence, a restored copy, or a failover to a replica that had fallen behind.',
      commands: ['redis-cli INFO persistence', 'redis-cli INFO replication'],
    },
    {
      text: 'Look through the list of servers: one that was down and of which nobody had been told yet is not known before it reports. Silences, acknowledgements and announced work of the lost time have to be made again.',
      commands: ['healthapp servers list'],
    },
  ],
  afterwards: () => [],
};

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
