import { type Partitions as OpenedPartitions, type Partition, partitionOf } from '@healthapp/shared/redis/partition';
import { unavailable } from './http/problem.ts';

/** The open partitions. Until Redis could be reached for the first time, every use is a 503. */
export interface Partitions {
  /** How many servers each may hold: its share of `max_servers`. */
  readonly mostServersEach: number;
  all(): OpenedPartitions;
  /** Where what concerns the whole fleet lies. */
  first(): Partition;
  of(server: string): Partition;
  /** Alerts lie in their server's partition, which the id names: `{partition}-…`. */
  ofAlert(id: string): Partition | undefined;
}

export interface OpeningPartitions extends Partitions {
  open(partitions: OpenedPartitions): void;
}

export function createPartitions(mostServersEach: number): OpeningPartitions {
  let opened: OpenedPartitions | undefined;
  function all(): OpenedPartitions {
    if (opened === undefined) throw unavailable();
    return opened;
  }
  return {
    mostServersEach,
    open(partitions) {
      opened = partitions;
    },
    all,
    first: () => all()[0],
    of(server) {
      const partitions = all();
      return partitions[partitionOf(server, partitions.length)] as Partition;
    },
    ofAlert(id) {
      return all()[Number.parseInt(id, 10)];
    },
  };
}
