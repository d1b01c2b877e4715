/** What `/health` answers in Slack: who is not well. Pure. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { cut } from '@healthapp/shared/domain/fitted-text';
import type { ServerState } from '@healthapp/shared/domain/server';
import { context, section } from '@healthapp/shared/wire/block-kit';
import { bold, plain } from '@healthapp/shared/wire/mrkdwn';
import { alertLine, answer, count, listed, longestLine, named, part, type SlackAnswer } from './slack-answer.ts';

/** A server that is not well. */
export interface IllServer {
  readonly name: string;
  readonly state: ServerState;
  readonly heardAgoMs: number | null;
  readonly problems: readonly string[];
}

export interface FleetHealth {
  readonly servers: {
    readonly total: number;
    readonly silent: number;
    readonly stopped: number;
    readonly unknown: number;
  };
  readonly openAlerts: number;
  /** Those that do not concern one server: a mass silence, a monitor that was blind. */
  readonly fleetAlerts: readonly Alert[];
  readonly ill: readonly IllServer[];
  /** There are more than `ill` holds. */
  readonly more: boolean;
  /** Whether a processor leads: without one nobody is told of anything. */
  readonly led: boolean;
}

/** `/health`. @param now ms since 1970. */
export function fleetHealth(health: FleetHealth, publicUrl: string | null, now: number): SlackAnswer {
  const { servers, ill, more, fleetAlerts, openAlerts } = health;
  const number = more ? `Over ${ill.length}` : String(ill.length);
  const headline =
    servers.total === 0
      ? 'No server has ever reported'
      : ill.length === 0 && fleetAlerts.length === 0
        ? `All is well: ${count(servers.total, 'server')}`
        : `${number} of ${count(servers.total, 'server')} ${ill.length === 1 && !more ? 'is' : 'are'} not well`;
  const counts = [
    ...(servers.silent === 0 ? [] : [`${servers.silent} silent`]),
    ...(servers.unknown === 0 ? [] : [`${servers.unknown} unknown`]),
    ...(servers.stopped === 0 ? [] : [`${servers.stopped} stopped on purpose`]),
    ...(openAlerts === 0 ? [] : [count(openAlerts, 'open alert')]),
  ];
  const lines = ill.map(
    (server) => `• ${named(server.name, server.name, publicUrl)}  ${plain(cut(illWords(server), longestLine))}`,
  );
  const foot = [
    ...(counts.length === 0 ? [] : [counts.join(', ')]),
    ...(health.led ? [] : ['No processor leads: nobody is told of anything until one runs.']),
  ];
  return answer(headline, [
    section(bold(headline)),
    ...part(
      'The fleet',
      fleetAlerts.map((alert) => alertLine(alert, publicUrl, now)),
      null,
    ),
    ...listed(lines, more),
    ...(foot.length === 0 ? [] : [context(plain(foot.join('\n')))]),
  ]);
}

function illWords({ state, heardAgoMs, problems }: IllServer): string {
  const heard = heardAgoMs === null ? 'never heard' : `last heard ${formatDuration(heardAgoMs)} ago`;
  const told = state === 'up' ? [] : [`${state}, ${heard}`];
  return [...told, ...problems].join('; ');
}
