/** What a message says of something that happened to a Heroku app and is no problem. */

import type { Alert } from '@healthapp/shared/domain/alert';
import { appEventKinds, isAppEventKind } from '@healthapp/shared/domain/app-event';
import { elided } from '@healthapp/shared/domain/fitted-text';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { contextRolls } from './context-rolls.ts';
import { delayRemark } from './delay.ts';
import { linksToServer } from './links.ts';
import { ageOf, timeOf } from './moment.ts';
import type { Detail, Report } from './report.ts';
import { visible } from './untrusted-text.ts';
import { serverIn, summaryIn } from './words/phrases.ts';

/** @param event its record: `app-event.ts`. */
export function eventReport(
  event: Alert,
  { now, publicUrl, timezone }: Pick<NotificationFacts, 'now' | 'publicUrl' | 'timezone'>,
): Report {
  const title = isAppEventKind(event.kind) ? appEventKinds[event.kind].title : 'Something happened';
  return {
    tone: 'info',
    state: isAppEventKind(event.kind) ? event.kind.replace('-', ' ') : 'event',
    incident: `${serverIn(event)}: ${summaryIn(event)}`,
    headline: `${title}: ${serverIn(event)}, ${summaryIn(event)}`,
    remarks: delayRemark(event.createdAt, now),
    details: detailsOf(event, now, timezone),
    rolls: contextRolls(event),
    steps: [],
    links: linksToServer(event, publicUrl),
    footer: [
      'This is the only message about it. What you are told of is chosen by heroku.events in the configuration.',
    ],
  };
}

const longest = 300;

function detailsOf(event: Alert, now: number, timezone: string): Detail[] {
  const app = event.server === null ? null : appNameOf(event.server);
  const release = event.context?.release;
  const detail = (label: string, value: string): Detail => ({ label, value: elided(visible(value), longest) });
  return [
    ...(app === null ? [] : [detail('App', app)]),
    ...(release === undefined
      ? []
      : [
          detail('Version', `v${release.version}`),
          detail('Released by', release.user ?? 'unknown'),
          detail('Description', release.description),
        ]),
    { label: 'Time', value: timeOf(event.createdAt, timezone), age: ageOf(event.createdAt, now) },
  ];
}
