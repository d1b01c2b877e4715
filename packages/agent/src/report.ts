import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { signRequest } from '@healthapp/shared/wire/signature';
import {
  afterAcceptance,
  afterReplayRefusal,
  afterSending,
  afterTimeRefusal,
  type CorrectedClock,
  correctedTime,
  nextSentAt,
  reportedOffset,
  uncorrectedClock,
} from './corrected-clock.ts';
import { encodeHeartbeat, heartbeatOf, type Manner, type Word } from './heartbeat.ts';
import type { Identity } from './identity.ts';
import { type Outcome, outcomeOf, outcomeOfError, readAnswer } from './outcome.ts';
import type { Facts } from './ports.ts';
import type { Sender } from './send.ts';

export interface ReporterOptions {
  readonly identity: Identity;
  readonly manner: Manner;
  /** Where the sender posts; its path is what is signed. */
  readonly url: URL;
  readonly sender: Sender;
  /** The facts as they are now. */
  readonly observe: () => Facts;
  /** The body; `encodeHeartbeat` unless told. */
  readonly encode?: (heartbeat: Heartbeat) => Buffer;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
}

export interface Reporter {
  /**
   * Sends one fresh heartbeat. When the API says that the date is wrong, it is signed again by the
   * API's clock at once: for the time once, and for a replay once, so that it never runs hot.
   * Never rejects.
   */
  report(word: Word, signal?: AbortSignal): Promise<Outcome>;
}

export function createReporter({
  identity,
  manner,
  url,
  sender,
  observe,
  now,
  encode = encodeHeartbeat,
}: ReporterOptions): Reporter {
  let clock: CorrectedClock = uncorrectedClock;
  const at = `${url.origin}${url.pathname}`;
  const fixedHeaders = {
    'content-type': 'application/json',
    accept: 'application/json, application/problem+json',
    'user-agent': `healthapp-agent/${manner.version}`,
  };

  async function report(word: Word, signal?: AbortSignal): Promise<Outcome> {
    const corrected = { time: false, replay: false };
    for (;;) {
      const begun = now();
      const sentAt = nextSentAt(clock, begun);
      const dating = { sentAt, clockOffset: reportedOffset(clock, sentAt, begun) };
      const body = encode(heartbeatOf(manner, observe(), word, dating));
      const signed = signRequest(
        { method: 'POST', path: url.pathname, body },
        identity.key,
        identity.keyId,
        correctedTime(clock, begun) / 1000,
      );
      const before = clock;
      clock = afterSending(clock, sentAt);
      const answer = readAnswer(await sender.post(body, { ...fixedHeaders, ...signed }, signal), now());
      if (answer.status === 202 && answer.accepted !== undefined) {
        clock = afterAcceptance(before, sentAt, answer.accepted.serverTime, (begun + now()) / 2);
      } else if (answer.status === 401 && answer.serverTime !== undefined && !corrected.time) {
        corrected.time = true;
        clock = afterTimeRefusal(answer.serverTime, now());
        continue;
      } else if (answer.status === 409 && answer.lastSentAt === sentAt) {
        // It was accepted before: the connection broke after the API took it, and it was sent twice.
        return { kind: 'accepted', serverTime: null, dueAt: null };
      } else if (answer.status === 409 && answer.lastSentAt !== undefined && answer.lastSentAt > sentAt) {
        clock = afterReplayRefusal(before, answer.lastSentAt);
        if (!corrected.replay) {
          corrected.replay = true;
          continue;
        }
      }
      return outcomeOf(answer, identity.server, at);
    }
  }

  return {
    async report(word, signal) {
      try {
        return await report(word, signal);
      } catch (error) {
        return outcomeOfError(error, url);
      }
    },
  };
}
