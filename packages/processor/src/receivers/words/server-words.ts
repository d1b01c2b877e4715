/** The words for what can be wrong with one server. */
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { ProblemWords } from '../problem-words.ts';
import { shellWord } from '../untrusted-text.ts';
import {
  agentCommands,
  hostName,
  journalSpan,
  momentAt,
  serverArgument,
  serverIn,
  subjectIn,
  summaryIn,
} from './phrases.ts';

export const offline: ProblemWords = {
  title: problemKinds.offline.title,
  subjectLabel: 'Part',
  several: { nouns: 'servers', state: 'offline' },
  listedBy: 'last-heard',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} offline`,
  began: (alert) => `${serverIn(alert)} ${summaryIn(alert)}`,
  stands: (alert, lasted) => `${serverIn(alert)} has been offline for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: ${serverIn(alert)} reports again after ${lasted}`,
  moments: (alert) => [
    ...momentAt(alert.closedAt === null ? 'Last heard' : 'Silent since', alert.lastHeardAt),
    ...momentAt('Was due', alert.dueAt),
  ],
  meanwhile: [],
  nextSteps(alert) {
    const host = hostName(alert);
    return [
      {
        text: 'See whether the host answers. If not, look at its power, its network, its provider’s console.',
        commands: host === null ? [] : [`ping -c 3 ${host}`],
      },
      {
        text: 'If it answers, sign in and see whether the agent runs. Its journal says why it cannot report.',
        commands: agentCommands,
      },
    ];
  },
  afterwards(alert) {
    if (alert.closedAt === null) return [];
    const span = journalSpan(alert.lastHeardAt ?? alert.createdAt, alert.closedAt);
    return [{ text: 'To see what happened, on the host:', commands: [`journalctl ${span}`] }];
  },
};

export const neverReported: ProblemWords = {
  title: problemKinds['never-reported'].title,
  subjectLabel: 'Part',
  several: { nouns: 'expected servers', state: 'missing' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} never reported`,
  began: (alert) => `${serverIn(alert)} ${summaryIn(alert)}`,
  stands: (alert, lasted) => `${serverIn(alert)} has been missing for ${lasted}: it has never reported`,
  recovered: (alert, lasted) => `Recovered: ${serverIn(alert)} reports for the first time, after ${lasted}`,
  moments: (alert) => momentAt('Was due', alert.dueAt),
  meanwhile: [],
  nextSteps(alert) {
    const server = serverArgument(alert);
    return [
      {
        text: 'See whether the agent is installed on the host and runs. Its journal says why it cannot report.',
        commands: agentCommands,
      },
      {
        text: 'See that /etc/healthapp/config.yaml there has the address of the API (api_url), this very name (agent.name) and a key that fits. Where the API runs, this prints the key:',
        commands: server === null ? [] : [`healthapp key ${server}`],
      },
      {
        text: 'See that the network lets the host reach api_url: DNS, firewall, proxy, certificate.',
        commands: [],
      },
    ];
  },
  afterwards: () => [],
};

export const diskFull: ProblemWords = {
  title: problemKinds['disk-full'].title,
  subjectLabel: 'Filesystem',
  several: { nouns: 'filesystems', state: 'too full' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} disk full: ${subjectIn(alert)}`,
  began: (alert) => `${summaryIn(alert)} on ${serverIn(alert)}`,
  stands: (alert, lasted) => `${subjectIn(alert)} on ${serverIn(alert)} has been too full for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: ${subjectIn(alert)} on ${serverIn(alert)} has room again after ${lasted}`,
  moments: (alert) => momentAt('Reported', alert.lastHeardAt),
  meanwhile: [],
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

export const duplicateIdentity: ProblemWords = {
  title: problemKinds['duplicate-identity'].title,
  subjectLabel: 'Part',
  several: { nouns: 'server names', state: 'used by two machines' },
  listedBy: 'since',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} is two machines`,
  began: (alert) => `${serverIn(alert)} ${summaryIn(alert)}`,
  stands: (alert, lasted) => `Two machines have reported as ${serverIn(alert)} for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: one machine alone reports as ${serverIn(alert)} again, after ${lasted}`,
  moments: () => [],
  meanwhile: [
    'Meanwhile what is shown of it is now of the one, now of the other, and when one of them fails nobody is told.',
  ],
  nextSteps(alert) {
    const server = serverArgument(alert);
    return [
      {
        text: 'Find the other machine: most likely a virtual machine that was cloned or restored from a copy, with the agent’s configuration in it. On each that may be it, see what it is and what its agent calls itself:',
        commands: ['hostname -f', 'systemctl status healthapp-agent'],
      },
      {
        text: 'Give that one a name and a key of its own: agent.name in its /etc/healthapp/config.yaml, and agent.key where one stands there. Then:',
        commands: ['systemctl restart healthapp-agent'],
      },
      {
        text: 'If nobody knows of a second machine, somebody may have the key. Revoke it, and give the server a new one:',
        commands: server === null ? [] : [`healthapp servers revoke ${server}`],
      },
    ];
  },
  afterwards: () => [],
};

export const clockSkew: ProblemWords = {
  title: problemKinds['clock-skew'].title,
  subjectLabel: 'Part',
  several: { nouns: 'clocks', state: 'wrong' },
  listedBy: 'summary',
  gone: 'recovered',
  incident: (alert) => `${serverIn(alert)} clock wrong`,
  began: (alert) => `${serverIn(alert)} ${summaryIn(alert)}`,
  stands: (alert, lasted) => `The clock of ${serverIn(alert)} has been wrong for ${lasted}`,
  recovered: (alert, lasted) => `Recovered: the clock of ${serverIn(alert)} is right again after ${lasted}`,
  moments: (alert) => momentAt('Reported', alert.lastHeardAt),
  meanwhile: [
    'Its heartbeats are taken all the same, since the agent corrects their times; its logs, jobs and certificates go by the wrong clock.',
  ],
  nextSteps: () => [
    {
      text: 'See whether something keeps its time, on the host, and what it says:',
      commands: ['timedatectl', 'systemctl status chrony systemd-timesyncd'],
    },
    {
      text: 'If nothing does, turn it on. If it runs, see whether its time servers answer (NTP is UDP port 123):',
      commands: ['timedatectl set-ntp true', 'chronyc sources'],
    },
  ],
  afterwards: () => [],
};
