import { createRoot } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { createAction } from './action.ts';
import { ApiFault } from './api-request.ts';

/** An action whose answer the test gives. */
function start() {
  const answers: PromiseWithResolvers<string>[] = [];
  const done: string[] = [];
  return createRoot((dispose) => {
    const action = createAction<void, string>(
      () => {
        const answer = promised<string>();
        answers.push(answer);
        return answer.promise;
      },
      (result) => done.push(result),
    );
    return { action, answers, done, dispose };
  });
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function promised<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('what somebody does', () => {
  it('is done once, however often the button is pressed meanwhile', async () => {
    const { action, answers, done } = start();
    action.run();
    action.run();
    expect([answers.length, action.busy()]).toEqual([1, true]);
    answers[0]?.resolve('done');
    await settled();
    expect([done, action.busy()]).toEqual([['done'], false]);
  });

  it('says why it failed until it is tried again, or put right', async () => {
    const { action, answers, done } = start();
    action.run();
    answers[0]?.reject(new ApiFault(409, 'Conflict', 'it is closed'));
    await settled();
    expect([action.fault()?.message, action.busy(), done]).toEqual(['it is closed', false, []]);
    action.run();
    expect(action.fault()).toBeUndefined();
    answers[1]?.reject(new ApiFault(null, 'No answer', ''));
    await settled();
    action.dismiss();
    expect(action.fault()).toBeUndefined();
  });

  it('leads nowhere once its page is left', async () => {
    const { action, answers, done, dispose } = start();
    action.run();
    dispose();
    answers[0]?.resolve('done');
    await settled();
    expect(done).toEqual([]);
  });
});
