import { errorText, Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import type { Receiver } from '../../ports.ts';
import { announcementOf } from '../announcement.ts';
import type { OwnNotification, SendFunction } from './contract.ts';

export interface ModuleReceiverOptions {
  readonly name: string;
  readonly send: SendFunction;
  readonly options: Readonly<Record<string, unknown>>;
  readonly remindEveryMs: number | null;
}

const longestReceipt = 1000;

/** Hands notifications to a function of the user's. */
export function createModuleReceiver(own: ModuleReceiverOptions): Receiver<OwnNotification> {
  const { name, remindEveryMs } = own;
  const underWay = new Set<() => void>();
  let closed = false;
  return {
    name,
    kind: 'module',
    remindEveryMs,
    describe: (facts) => ({ ...announcementOf(facts, remindEveryMs), receipt: facts.alerts[0]?.receipt ?? null }),
    async send(notification, signal) {
      if (signal.aborted || closed) throw new Retryable('the attempt had ended before it began');
      // A function that does not heed the signal must not hold up the sender.
      const ending = new AbortController();
      let end = () => {};
      const ended = new Promise<never>((_resolve, reject) => {
        end = () => {
          ending.abort();
          reject(new Retryable(`the module of ${name} had not taken the message when the attempt was ended`));
        };
      });
      signal.addEventListener('abort', end, { once: true });
      underWay.add(end);
      try {
        const handed = Promise.resolve(own.send(notification, { options: own.options, signal: ending.signal }));
        const receipt = await Promise.race([handed, ended]);
        return typeof receipt === 'string' && receipt.length <= longestReceipt ? receipt : null;
      } catch (error) {
        if (error instanceof Retryable) throw error;
        throw failureOf(name, error);
      } finally {
        signal.removeEventListener('abort', end);
        underWay.delete(end);
      }
    },
    close() {
      closed = true;
      for (const end of underWay) end();
      return Promise.resolve();
    },
  };
}

function failureOf(name: string, error: unknown): Retryable | Permanent {
  const said = `the module of ${name} said: ${errorText(error)}`;
  const { permanent, retryAfterS } = (error ?? {}) as { permanent?: unknown; retryAfterS?: unknown };
  if (permanent === true) return new Permanent(said, { cause: error });
  const afterMs = typeof retryAfterS === 'number' && retryAfterS >= 0 ? retryAfterS * 1000 : undefined;
  return new Retryable(said, { cause: error, ...(afterMs === undefined ? {} : { afterMs }) });
}
