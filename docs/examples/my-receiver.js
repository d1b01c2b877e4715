/**
 * A receiver of one's own: posts the title of each message to a chat that HealthApp knows nothing of.
 *
 * receivers:
 *   - name: own
 *     module: ./my-receiver.js
 *     options: { url: 'https://chat.example.com/api/messages', room: ops }
 *
 * @param {object} notification
 * @param {string} notification.id           the same when a message is repeated
 * @param {string} notification.event        created, ongoing, closed, flapping, steady or test
 * @param {string} notification.title        "[critical] db-1 offline"
 * @param {string} notification.text         all that a mail would say
 * @param {string | null} notification.url   of the alert's page; null without public_url
 * @param {object[]} notification.alerts     server, kind, severity, state, labels …; empty for a test
 * @param {string | null} notification.receipt  what this returned for the alert's first message
 * @param {object} context
 * @param {Record<string, string>} context.options  as in the configuration
 * @param {AbortSignal} context.signal       aborted when the attempt is over
 * @returns {Promise<string | undefined>} a receipt, or nothing
 * @throws with `permanent: true` what need not be tried again, with `retryAfterS` when to try again
 */
export default async function send(notification, { options, signal }) {
  const response = await fetch(options.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': notification.id },
    body: JSON.stringify({ room: options.room, text: notification.title, inReplyTo: notification.receipt }),
    signal,
  });
  if (response.ok) {
    const { id } = await response.json();
    return id;
  }
  const error = new Error(`the chat answered ${response.status}`);
  if (response.status >= 400 && response.status < 500 && response.status !== 429) error.permanent = true;
  throw error;
}
