/** An alert that there might be, as it is written in a form, and what the API is asked of it. */
import type { RoutingQuery } from './api.ts';
import { readLabels, readLocal } from './silence-draft.ts';

export interface RoutingDraft {
  /** Empty: it concerns no server. */
  readonly server: string;
  readonly kind: string;
  /** `key=value`, several with commas between; empty: those that the server has. */
  readonly label: string;
  /** Empty: the kind's own. */
  readonly severity: string;
  /** As a `datetime-local` field has it; empty: now. */
  readonly at: string;
}

export type RoutingField = keyof RoutingDraft;
export type RoutingFaults = Partial<Record<RoutingField, string>>;

export const emptyRoutingDraft: RoutingDraft = { server: '', kind: 'offline', label: '', severity: '', at: '' };

export type ReadRoutingDraft =
  | { readonly kind: 'query'; readonly query: RoutingQuery }
  | { readonly kind: 'faults'; readonly faults: RoutingFaults };

export function readRoutingDraft({ server, kind, label, severity, at }: RoutingDraft): ReadRoutingDraft {
  const labels = readLabels(label);
  const moment = at === '' ? null : readLocal(at);
  const faults: RoutingFaults = {
    ...(labels === undefined ? { label: 'Write key=value; put a comma between several.' } : {}),
    ...(moment === undefined ? { at: 'Give a day and a time.' } : {}),
  };
  if (labels === undefined || moment === undefined) return { kind: 'faults', faults };
  const given = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return { kind: 'query', query: { server: server.trim(), kind, label: given, severity, at: moment } };
}

/** The form's field for what the API finds at fault; undefined when there is none. */
export function routingFieldOf(apiField: string | null): RoutingField | undefined {
  const [first = ''] = (apiField ?? '').split('.');
  return Object.hasOwn(emptyRoutingDraft, first) ? (first as RoutingField) : undefined;
}
