/** Gathers what is to be written in one turn of the event loop into few script calls for each partition. */
import type { Partition } from '@healthapp/shared/redis/partition';

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A batch ends when it is full, so that Redis writes it while this process reads what comes next, and with the event
 * loop's turn (`setImmediate`). A timer would be worse at every load: at a low one it adds its own length to each item,
 * and at a high one turns are full anyway.
 * @param mostPerCall so many items make a batch full. A script call blocks Redis while it runs.
 * @param write answers in the order of the items.
 * @returns adds one item; resolves with its outcome, rejects with the call that failed.
 */
export function createTurnBatches<Item, Outcome>(
  mostPerCall: number,
  write: (partition: Partition, items: readonly Item[]) => Promise<readonly Outcome[]>,
): (partition: Partition, item: Item) => Promise<Outcome> {
  const batches = new Map<Partition, Waiting<Item, Outcome>[]>();

  function flush(partition: Partition): void {
    const batch = batches.get(partition);
    if (batch === undefined) return;
    batches.delete(partition);
    const items = batch.map((waiting) => waiting.item);
    write(partition, items).then(
      (outcomes) => {
        batch.forEach((waiting, index) => {
          waiting.resolve(outcomes[index] as Outcome);
        });
      },
      (error: unknown) => {
        for (const waiting of batch) waiting.reject(error);
      },
    );
  }

  return (partition, item) =>
    new Promise((resolve, reject) => {
      let batch = batches.get(partition);
      if (batch === undefined) {
        batch = [];
        batches.set(partition, batch);
        setImmediate(flush, partition);
      }
      batch.push({ item, resolve, reject });
      if (batch.length >= mostPerCall) flush(partition);
    });
}
