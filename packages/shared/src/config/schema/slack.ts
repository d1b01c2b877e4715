/** The app in Slack whose commands the API answers. */
import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { secretText, text } from './value.ts';

export const slackAppKeys = { signing_secret: secretText, signing_secret_file: text };

export function readSlackApp(reading: Reading): Config['slack'] {
  const section = openSection(reading, ['slack'], slackAppKeys);
  const signingSecret = section.secret('signing_secret');
  const given = signingSecret?.reveal().trim() ?? '';
  // Both are copied from the same pages of Slack, and a token never verifies anything.
  if (/^xox[a-z]-|^xapp-/.test(given)) {
    const key = section.given('signing_secret_file') ? 'signing_secret_file' : 'signing_secret';
    section.contradiction(key, "is a token: give the Signing Secret, which stands under the app's Basic Information");
  }
  return { signingSecret };
}
