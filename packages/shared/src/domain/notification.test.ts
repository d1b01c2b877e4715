import { describe, expect, it } from 'vitest';
import { deliveryWindowMs, retryPause } from './notification.ts';

describe('the pause before the next try', () => {
  it('doubles from a second to five minutes', () => {
    const pauses = Array.from({ length: 12 }, (_, index) => retryPause(index + 1, null) / 1000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it('is as long as the receiver asked for, when that is longer', () => {
    expect(retryPause(1, 90_000)).toBe(90_000);
    expect(retryPause(12, 90_000)).toBe(300_000);
  });

  it('leaves hundreds of tries in the day for which a notification is tried', () => {
    let [tries, at] = [0, 0];
    while (at < deliveryWindowMs) {
      tries += 1;
      at += retryPause(tries, null);
    }
    expect(tries).toBeGreaterThan(280);
  });
});
