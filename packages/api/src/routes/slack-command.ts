/** `POST /slack/command`: slash commands of Slack, signed by it. https://docs.slack.dev/interactivity/implementing-slash-commands */
import type { Config } from '@healthapp/shared/config/config';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { verifySlackRequest } from '@healthapp/shared/wire/slack-request';
import { Hono } from 'hono';
import type { AppEnv } from '../http/bindings.ts';
import { readBody, refuseEncoded } from '../http/body.ts';
import type { Limits } from '../http/limits.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { type SlackAnswer, sentence } from '../verbs/slack-answer.ts';
import { answerSlackCommand, type SlackCommand } from '../verbs/slack-command.ts';

export interface SlackCommandDeps {
  readonly config: Config;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly limits: Limits;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

/** Slack's are below 2 KiB; a person may write 4,000 characters behind a command. */
const largestBody = 32 * 1024;
/** Slack shows nothing of an answer that comes after 3 s. */
const answerWithinMs = 2500;

export function slackCommandRoutes({ config, logger, partitions, limits, now }: SlackCommandDeps) {
  const signingSecret = config.slack.signingSecret?.reveal().trim() ?? '';

  /** Slack shows a person nothing but the text of a 200. */
  async function answerInTime(command: SlackCommand): Promise<SlackAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${answerWithinMs} ms`)), answerWithinMs);
    });
    try {
      return await Promise.race([answerSlackCommand(partitions, command, { publicUrl: config.publicUrl }), late]);
    } catch (error) {
      logger.warn('a Slack command could not be answered', { command: command.command, reason: errorText(error) });
      return sentence(
        "Redis did not answer, so nothing can be said now; the API's log has the reason. Try again in a few seconds.",
      );
    } finally {
      clearTimeout(timer);
    }
  }

  return new Hono<AppEnv>().post('/slack/command', async (c) => {
    if (signingSecret === '') {
      throw new HttpProblem(
        404,
        'Slack commands are not set up: give slack.signing_secret_file, or SLACK_SIGNING_SECRET (docs/slack-command.md)',
      );
    }
    const { incoming } = c.env;
    refuseEncoded(incoming);
    const body = await readBody(incoming, largestBody);
    const verification = verifySlackRequest(
      signingSecret,
      { timestamp: c.req.header('x-slack-request-timestamp'), signature: c.req.header('x-slack-signature'), body },
      now(),
    );
    if (verification.kind === 'refused') {
      throw limits.countUnverified(incoming, new HttpProblem(401, verification.detail));
    }
    const form = new URLSearchParams(body.toString('utf8'));
    // Slack looks at the certificate now and then, and wants a 200.
    if (form.get('ssl_check') === '1') return c.body(null, 200);
    const command = form.get('command');
    if (command === null) throw new HttpProblem(400, 'the form has no command: is this the Request URL of a command?');
    return c.json(await answerInTime({ command, text: form.get('text') ?? '' }));
  });
}
