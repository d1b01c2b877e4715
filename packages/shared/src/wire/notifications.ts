/** What `GET /api/v1/notifications` answers. */
import * as z from 'zod';
import { notificationView } from './api.ts';

export const notificationListView = z.object({
  notifications: z.array(notificationView),
  nextCursor: z.string().nullable(),
});
export type NotificationListView = z.output<typeof notificationListView>;
