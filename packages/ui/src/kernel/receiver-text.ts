/** The words for receivers. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import type { ReceiverView } from '@healthapp/shared/wire/receivers';

export type ReceiverState = 'accepts' | 'failing' | 'unused';

/** By what came of the last try. */
export function receiverState({
  failures,
  lastAcceptedAt,
}: Pick<ReceiverView, 'failures' | 'lastAcceptedAt'>): ReceiverState {
  if (failures > 0) return 'failing';
  return lastAcceptedAt === null ? 'unused' : 'accepts';
}

const kinds: Readonly<Record<string, string>> = {
  email: 'E-mail',
  mailbox: 'Local mailbox',
  slack: 'Slack',
  mattermost: 'Mattermost',
  sms: 'SMS',
  webhook: 'Webhook',
  iris: 'Iris',
  module: 'Module of your own',
};

/** A kind of a newer version stays as it is called. */
export function receiverKind(kind: string): string {
  return Object.hasOwn(kinds, kind) ? (kinds[kind] ?? kind) : kind;
}

/** What came of a test message. */
export function testWords({ accepted, words, tookMs }: ReceiverTestView): string {
  return accepted
    ? `It accepted the test message after ${tookMs < 1000 ? `${tookMs} ms` : formatDuration(tookMs)}: see whether it arrived.`
    : `It did not accept the test message: ${words ?? 'it did not say why'}`;
}
