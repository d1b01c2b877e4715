/** What was recorded and what people were told, set against each other: alerts that a server is offline alone. */
import type { AlertDetailView } from '@healthapp/shared/wire/api';
import type { TakenMail } from './smtp-peer.ts';
import { eventOf, headerOf, type System, serverOf } from './system.ts';

/** One alert with the mails that the mail server took for it, repeats included. */
export interface Entry {
  readonly alert: AlertDetailView;
  readonly mails: readonly TakenMail[];
}

export interface Account {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Mails of alerts that Redis does not hold. */
  readonly strays: readonly TakenMail[];
  readonly waiting: number;
}

/** The record that the API shows, and the mails that the mail server has taken. */
export async function accountOf(system: System): Promise<Account> {
  const { notifications } = await system.status();
  const offline = (await system.alerts()).filter(({ kind }) => kind === 'offline');
  const alerts = await Promise.all(offline.map(({ id }) => system.alert(id)));
  const mails = offlineMails(system);
  const known = new Set(alerts.map(({ id }) => id));
  return {
    entries: alerts
      .sort((a, b) => a.createdAt - b.createdAt)
      .map((alert) => ({ alert, mails: mails.filter((mail) => alertOf(mail) === alert.id) })),
    strays: mails.filter((mail) => !known.has(alertOf(mail))),
    waiting: notifications.waiting,
  };
}

export function offlineMails(system: System): TakenMail[] {
  return system.mails().filter((mail) => headerOf(mail, 'x-healthapp-kind') === 'offline');
}

function alertOf(mail: TakenMail): string {
  return headerOf(mail, 'x-healthapp-alert');
}

/** What people were told of one server, in order: `created`, `closed`; a repeat under the same Message-ID once. */
export function toldOf(mails: readonly TakenMail[], server: string): string[] {
  const seen = new Set<string>();
  return mails
    .filter((mail) => serverOf(mail) === server)
    .filter(({ mail: { messageId = '' } }) => {
      const isFirst = !seen.has(messageId);
      seen.add(messageId);
      return isFirst;
    })
    .map(eventOf);
}

/** How many mails came once more under a Message-ID that had been taken. */
export function repeatsIn(mails: readonly TakenMail[]): number {
  return mails.length - new Set(mails.map(({ mail }) => mail.messageId)).size;
}

/**
 * What contradicts the promise, in sentences; none when all is well. For one alert: it opened when its
 * server's grace was over, not before; there is one `created`, one `closed` once it is closed, each under one
 * Message-ID, accepted, and no oftener than it was tried. Alerts of one server follow each other. Nothing
 * waits, and no mail is of an alert that is not recorded.
 * @param graceMs how long a server counts as alive after a heartbeat, at the least.
 */
export function faultsIn({ entries, strays, waiting }: Account, graceMs: number): string[] {
  const faults: string[] = [];
  if (waiting > 0) faults.push(`${waiting} notifications wait`);
  for (const mail of strays) faults.push(`a ${eventOf(mail)} mail of ${serverOf(mail)} belongs to no alert`);
  const last = new Map<string, AlertDetailView>();
  for (const { alert, mails } of entries) {
    const server = alert.server ?? '';
    const before = last.get(server);
    if (before !== undefined && (before.closedAt === null || before.closedAt > alert.createdAt)) {
      faults.push(`${server} has two alerts at one time: ${before.id} and ${alert.id}`);
    }
    last.set(server, alert);
    const silentFor = alert.createdAt - (alert.lastHeardAt ?? 0);
    if (silentFor < graceMs) faults.push(`${server} had been silent for ${silentFor} ms alone when ${alert.id} opened`);
    const expected = alert.state === 'closed' ? ['created', 'closed'] : ['created'];
    const told = toldOf(mails, server);
    if (told.join() !== expected.join()) {
      faults.push(`of the ${alert.state} alert ${alert.id} of ${server} people were told "${told.join()}"`);
    }
    for (const { event, state, attempts, lastError } of alert.notifications) {
      const copies = mails.filter((mail) => eventOf(mail) === event).length;
      if (state !== 'accepted') faults.push(`${event} of ${server} is ${state} (${lastError})`);
      if (copies > attempts) faults.push(`${event} of ${server} came ${copies} times for ${attempts} attempts`);
    }
  }
  return faults;
}

/** Which servers are down, and which of them nothing may be known of. */
export interface Downs {
  readonly down: ReadonlySet<string>;
  readonly mayBeMissing: ReadonlySet<string>;
}

/** Who is down has one open alert, and nobody else has. */
export function faultsOfOpenAlerts({ entries }: Account, { down, mayBeMissing }: Downs): string[] {
  const open = entries.filter(({ alert }) => alert.state !== 'closed').map(({ alert }) => alert.server ?? '');
  return [
    ...[...down]
      .filter((server) => !open.includes(server) && !mayBeMissing.has(server))
      .map((server) => `${server} is down and has no open alert`),
    ...open.filter((server) => !down.has(server)).map((server) => `${server} reports and has an open alert`),
    ...open.filter((server, at) => open.indexOf(server) !== at).map((server) => `${server} has two open alerts`),
  ];
}

/**
 * What contradicts the promise where Redis has lost writes that it had acknowledged, so that the record is
 * not all that was: the last that people heard of a server is what it is now, and an event of it was told
 * under two Message-IDs at most, once before the loss and once after it.
 */
export function faultsDespiteLoss(
  account: Account,
  mails: readonly TakenMail[],
  downs: Downs & { readonly mostCopies: number },
): string[] {
  const faults = faultsOfOpenAlerts(account, downs);
  if (account.waiting > 0) faults.push(`${account.waiting} notifications wait`);
  for (const server of new Set(mails.map(serverOf))) {
    const last = mails
      .filter((mail) => serverOf(mail) === server)
      .map(eventOf)
      .at(-1);
    if (last !== (downs.down.has(server) ? 'created' : 'closed')) faults.push(`the last word on ${server} is ${last}`);
    for (const event of ['created', 'closed']) {
      const copies = mails.filter((mail) => serverOf(mail) === server && eventOf(mail) === event);
      const ids = new Set(copies.map(({ mail }) => mail.messageId));
      if (ids.size > 2) faults.push(`${event} of ${server} was told as ${ids.size} alerts`);
      if (copies.length > downs.mostCopies) faults.push(`${event} of ${server} came ${copies.length} times`);
    }
  }
  return faults;
}
