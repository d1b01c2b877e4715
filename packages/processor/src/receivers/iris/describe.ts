import { cut } from '@healthapp/shared/domain/fitted-text';
import type { NotificationFacts, Receipt } from '@healthapp/shared/domain/notification';
import { announcementOf } from '../announcement.ts';

export type IrisPayload =
  /** Opens an incident, which follows its plan from there on. */
  | { readonly kind: 'open'; readonly context: IrisContext }
  /** Claims the incident, which ends its plan: nobody is paged on for what is over. */
  | { readonly kind: 'end'; readonly incident: Receipt }
  /** Iris reminds by its plan, and is not told again; what merely happened pages nobody. */
  | { readonly kind: 'nothing' };

/** What the templates of the application in Iris may use; `docs/receivers.md` lists it. */
export interface IrisContext {
  readonly title: string;
  readonly text: string;
  readonly event: string;
  readonly severity: string;
  readonly kind: string;
  /** Empty for what concerns all servers, or several of them. */
  readonly server: string;
  readonly alerts: number;
  readonly url: string;
  readonly notification: string;
}

/** Iris takes 65,535 bytes of JSON, in which a character may become six. */
const longestText = 8000;
const longestTitle = 500;

export function describeIris(facts: NotificationFacts, remindEveryMs: number | null): IrisPayload {
  if (facts.event === 'closed') {
    const { alerts } = facts;
    const [{ receipt, rootSize }] = alerts;
    // An incident about many is over when all of them are.
    return receipt !== null && alerts.length >= rootSize ? { kind: 'end', incident: receipt } : { kind: 'nothing' };
  }
  const { event } = facts;
  if (event !== 'created' && event !== 'test') return { kind: 'nothing' };
  const { title, text, url, id, alertCount } = announcementOf(facts, remindEveryMs);
  const alert = facts.alerts[0]?.alert;
  return {
    kind: 'open',
    context: {
      title: cut(title, longestTitle),
      text: cut(text, longestText),
      event,
      severity: alert?.severity ?? 'info',
      kind: alert?.kind ?? 'test',
      server: alertCount === 1 ? (alert?.server ?? '') : '',
      alerts: alertCount,
      url: url ?? '',
      notification: id,
    },
  };
}
