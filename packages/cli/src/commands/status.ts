import { formatDuration } from '@healthapp/shared/domain/duration';
import type { StatusView } from '@healthapp/shared/wire/api';
import { apiFlags, apiNotes, createApiClient } from '../api-client.ts';
import { formatFacts } from '../table.ts';
import { ago } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

export const statusCommand = createCommand({
  name: 'status',
  summary: "Show the monitor's own state",
  notes: apiNotes,
  verbs: [
    verb({
      name: '',
      words: [],
      flags: apiFlags,
      summary: '',
      async run({ flags }, io) {
        const api = await createApiClient(io, flags.api);
        const status = await api.get<StatusView>('status');
        io.stdout.write(flags.json ? `${JSON.stringify(status)}\n` : formatFacts(statusFacts(api.url, status)));
        return 0;
      },
    }),
  ],
});

/** Relative times are by Redis' clock, which `status.time` is. */
function statusFacts(url: string, status: StatusView): [string, string | null][] {
  const { servers, alerts } = status.counts;
  const { leader, redis, notifications, time } = status;
  return [
    ['API', `${url}, version ${status.version}`],
    [
      'Servers',
      `${servers.total}: ${servers.up} up, ${servers.silent} silent, ${servers.stopped} stopped, ${servers.unknown} unknown`,
    ],
    ['Alerts', `${alerts.open} open`],
    // An API of the version before says nothing of it.
    ...(status.fleet ?? []).map(({ summary }): [string, string] => ['Fleet', summary]),
    [
      'Processor',
      leader === null
        ? 'none leads: nobody is told of anything'
        : `${leader.id} leads since ${ago(leader.since, time)}`,
    ],
    ['Last pass', status.lastPass === null ? 'never' : ago(status.lastPass, time)],
    ['Blindness', status.blindness.now ? 'no API can take heartbeats now' : 'none now'],
    [
      'Waiting to be sent',
      notifications.oldestAt === null
        ? String(notifications.waiting)
        : `${notifications.waiting}, the oldest for ${formatDuration(time - notifications.oldestAt)}`,
    ],
    ['Receivers', status.receivers.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'none'],
    ['Redis', redisShown(redis)],
  ];
}

function redisShown(redis: StatusView['redis']): string {
  if (!redis.reachable) return 'not reachable';
  return [
    redis.version ?? 'of unknown version',
    ...(redis.latencyMs === null ? [] : [`answers in ${redis.latencyMs.toFixed(1)} ms`]),
    ...(redis.persistent === false ? ['NOT persistent'] : []),
    ...(redis.noeviction === false ? ['may EVICT data'] : []),
  ].join(', ');
}
