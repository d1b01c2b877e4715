/** What pages show of alerts, and of what was told of them. Each belongs to the owner that it is called under, and ends with it. */
import type { AlertDetailView, AlertView } from '@healthapp/shared/wire/api';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';
import type { Accessor } from 'solid-js';
import { withAlertEvents } from './alert-list.ts';
import type { AlertQuery, Api } from './api.ts';
import type { Live } from './live.ts';
import { type NotificationQuery, withNotificationEvents } from './notification-list.ts';
import { createPagedList, type PagedList, pagesOf } from './paged-list.ts';
import { quietlyEveryMs } from './refresher.ts';
import { createView, type View, type ViewDeps } from './view.ts';

export interface AlertViews {
  alerts(query: Accessor<AlertQuery>): PagedList<AlertView>;
  alert(id: Accessor<string>): View<AlertDetailView>;
  notifications(query: Accessor<NotificationQuery>): PagedList<ListedNotificationView>;
}

export interface AlertViewDeps extends ViewDeps {
  readonly live: Live;
  readonly api: Pick<Api, 'alerts' | 'alert' | 'notifications'>;
}

const onePage = 50;

export function createAlertViews(deps: AlertViewDeps): AlertViews {
  const { api, live } = deps;
  return {
    alerts: (query) =>
      createPagedList(deps, {
        name: 'alerts',
        query,
        identity: 'id',
        everyMs: quietlyEveryMs,
        limit: onePage,
        page: pagesOf('alerts', api.alerts),
        merge: withAlertEvents,
        subscribe: (listener) => live.on('alert', listener),
      }),

    alert(id) {
      const view = createView(
        deps,
        () => `alert ${id()}`,
        quietlyEveryMs,
        (signal) => api.alert(id(), signal),
      );
      live.on('alert', (event) => event.id === id() && view.soon());
      live.on('notification', (event) => event.alertId === id() && view.soon());
      return view;
    },

    notifications: (query) =>
      createPagedList(deps, {
        name: 'notifications',
        query,
        identity: 'id',
        everyMs: quietlyEveryMs,
        limit: onePage,
        page: pagesOf('notifications', api.notifications),
        merge: withNotificationEvents,
        subscribe: (listener) => live.on('notification', listener),
      }),
  };
}
