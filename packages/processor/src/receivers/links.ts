/** Addresses of pages of the UI; none without a public URL. */
import type { Alert } from '@healthapp/shared/domain/alert';

export interface Link {
  readonly text: string;
  readonly url: string;
}

export function linksToAlert(alert: Alert, publicUrl: string | null): Link[] {
  if (publicUrl === null) return [];
  return [{ text: 'Open the alert', url: alertUrl(alert, publicUrl) }, ...linksToServer(alert, publicUrl)];
}

export function linksToServer({ server }: Pick<Alert, 'server'>, publicUrl: string | null): Link[] {
  if (publicUrl === null || server === null) return [];
  return [{ text: 'Open the server', url: `${publicUrl}/server/${pathSegment(server)}` }];
}

export function alertUrl(alert: Alert, publicUrl: string): string {
  return `${publicUrl}/alert/${pathSegment(alert.id)}`;
}

export function linksToAlerts(publicUrl: string | null): Link[] {
  return publicUrl === null ? [] : [{ text: 'Open all alerts', url: `${publicUrl}/alerts` }];
}

/** A colon is allowed in a path (RFC 3986) and common in server names: `heroku:shop` stays readable. */
function pathSegment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%3A', ':');
}
