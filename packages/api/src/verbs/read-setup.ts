import type { Config } from '@healthapp/shared/config/config';
import type { ReceiverKind } from '@healthapp/shared/config/receivers';

/**
 * Which services this instance is configured with, and how it watches: for whoever sets it up. Everybody may read it, so
 * it says whether and how many, and never a name, an address or a secret.
 */
export function readSetup(config: Config) {
  const { email, heroku, receivers } = config;
  const has = (kind: ReceiverKind) => receivers.some((receiver) => receiver.kind === kind);
  const watchesHeroku = heroku.apiKey !== null && heroku.apps.length > 0;
  return {
    services: {
      redis: config.redis !== null,
      email: email.enabled && email.server !== null && has('email'),
      slack: has('slack'),
      slackCommand: config.slack.signingSecret !== null,
      mattermost: has('mattermost'),
      sms: has('sms'),
      webhook: has('webhook'),
      iris: has('iris'),
      module: has('module'),
      heroku: watchesHeroku,
    },
    monitoring: {
      serverStalenessSeconds: config.serverStalenessMs / 1000,
      alertProcessIntervalSeconds: config.alertProcessIntervalMs / 1000,
      alertSendEmailIntervalSeconds:
        config.alertSendEmailIntervalMs === null ? -1 : config.alertSendEmailIntervalMs / 1000,
      maxFilesystemPercentage: config.maxFilesystemPercentage,
      receivers: receivers.length,
      heroku: watchesHeroku
        ? {
            apps: heroku.apps === 'all' ? ('all' as const) : heroku.apps.length,
            intervalSeconds: heroku.intervalMs / 1000,
            events: heroku.events,
          }
        : null,
    },
  };
}
