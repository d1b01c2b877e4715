/** What `GET /api/v1/notifications` answers. */
import * as z from 'zod';
import { alertView, notificationView } from './api.ts';

const listedNotificationView = notificationView.extend({
  alert: alertView
    .pick({ server: true, kind: true, subject: true, severity: true, summary: true })
    .nullable()
    .describe('what it is about; null when the alert is not kept any more'),
});
/** A notification by itself, with what it is about. */
export type ListedNotificationView = z.output<typeof listedNotificationView>;

export const notificationListView = z.object({
  notifications: z.array(listedNotificationView),
  nextCursor: z.string().nullable(),
});
export type NotificationListView = z.output<typeof notificationListView>;
