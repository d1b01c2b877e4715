/** What an operator does to alerts and servers. */
import { type Acknowledgement, type Alert, acknowledgedAlert, closedAlert } from '@healthapp/shared/domain/alert';
import { loadAlerts, openAlertsOf, updateAlert } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { expectServer, type ForgottenAlert, forgetServer } from '@healthapp/shared/redis/servers';
import type { AlertDetailView } from '@healthapp/shared/wire/api';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { showAlert } from './read-alerts.ts';

/** The leader may change the same record at the same moment; more often than this in a row it does not. */
const mostTries = 10;

/** Somebody takes care of it: it reminds nobody until it closes. @param by null takes it back. */
export async function acknowledge(
  partitions: Partitions,
  id: string,
  by: { readonly name: string; readonly comment: string } | null,
): Promise<AlertDetailView> {
  const partition = partitions.ofAlert(id);
  for (let attempt = 0; partition !== undefined && attempt < mostTries; attempt += 1) {
    const [[alert], { now }] = await Promise.all([loadAlerts(partition, [id]), readClock(partition)]);
    if (alert === undefined || alert === null) break;
    if (alert.state === 'closed') throw new HttpProblem(409, `alert ${id} is closed: nothing is left to acknowledge`);
    const acknowledgement: Acknowledgement | null = by === null ? null : { at: now, by: by.name, comment: by.comment };
    if (await updateAlert(partition, alert, acknowledgedAlert(alert, acknowledgement)))
      return showAlert(partitions, id);
  }
  throw new HttpProblem(404, `no alert ${id}`);
}

/** Its alerts close, and nothing of it is left but the record of these. */
export async function forget(partitions: Partitions, name: string): Promise<void> {
  const partition = partitions.of(name);
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const [openAlerts, { now }] = await Promise.all([openAlertsOf(partition, name), readClock(partition)]);
    const open = Object.entries(openAlerts);
    const alerts = await loadAlerts(
      partition,
      open.map(([, id]) => id),
    );
    const closing = open.map(([key, id], index): ForgottenAlert => {
      const alert: Alert | null = alerts[index] ?? null;
      if (alert === null) return { key, id, wasVersion: null, closed: null };
      return { key, id, wasVersion: alert.version, closed: closedAlert(alert, 'forgotten', now) };
    });
    const outcome = await forgetServer(partition, name, closing);
    if (outcome === 'forgotten') return;
    if (outcome === 'unknown') break;
  }
  throw new HttpProblem(404, `no server called ${name}`);
}

/** Alerts when a new server never reports. */
export async function expect(partitions: Partitions, name: string, withinS: number): Promise<void> {
  const outcome = await expectServer(partitions.of(name), name, Math.round(withinS * 1000), partitions.mostServersEach);
  switch (outcome) {
    case 'expected':
      return;
    case 'has-reported':
      throw new HttpProblem(409, `${name} has reported already: there is nothing left to expect`);
    case 'full':
      throw new HttpProblem(409, 'max_servers is reached: forget servers that are gone, or raise it');
    default: {
      const unhandled: never = outcome;
      return unhandled;
    }
  }
}
