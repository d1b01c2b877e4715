import type { StatsFs } from 'node:fs';
import type { Filesystem } from '@healthapp/shared/domain/server';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { BoundedAsking } from './bounded-asking.ts';
import { capacityOf } from './capacity.ts';
import { type Mount, type SelectedMount, type Selection, selectMounts } from './mounts.ts';

/**
 * A hanging statfs holds one of Node's four pool threads, which DNS and files need too. So at most
 * two hang at once, and only one of these on a network: dead network filesystems never keep the
 * disks from being observed.
 */
const mostHanging = 2;
const mostHangingOnNetwork = 1;

const listing = 'the list of mounts';

/** As the heartbeat's schema bounds it. */
const longestReason = 256;

export interface FilesystemsOptions {
  readonly listMounts: () => Promise<readonly Mount[]>;
  readonly statfs: (path: string) => Promise<Omit<StatsFs, 'type' | 'files' | 'ffree'>>;
  readonly asking: BoundedAsking;
  readonly selection: Selection;
  readonly logger: Logger;
}

export interface Filesystems extends Closable {
  /** Observes every mount once, one after the other. Never rejects. */
  observe(): Promise<void>;
  /** What the last observation of each found; undefined before the first. Without those that did not answer. */
  current(): Filesystem[] | undefined;
  /** Those that did not answer, and why. */
  unobserved(): { readonly path: string; readonly reason: string }[];
}

/** The host's filesystems, each with a bounded time to answer. What is wrong with one is logged once. */
export function createFilesystems(options: FilesystemsOptions): Filesystems {
  const { listMounts, statfs, asking, selection, logger } = options;
  const found = new Map<string, Filesystem>();
  const complaints = new Map<string, string>();
  const network = new Set<string>();
  let mounts: readonly SelectedMount[] | undefined;
  let closed = false;

  function complain(about: string, problem: string): void {
    found.delete(about);
    if (complaints.get(about) === problem) return;
    complaints.set(about, problem);
    logger.warn(`${about} ${problem}`);
  }

  function content(about: string): void {
    if (complaints.delete(about)) logger.info(`${about} can be observed again`);
  }

  async function list(): Promise<void> {
    const reply = await asking.ask(listing, listMounts);
    if (reply.kind === 'answered') {
      content(listing);
      mounts = selectMounts(reply.value, selection);
      return;
    }
    // Those known before are asked all the same.
    complain(listing, reply.kind === 'failed' ? `cannot be read: ${errorText(reply.error)}` : 'cannot be read in time');
  }

  function mayAsk(mount: SelectedMount): boolean {
    const hanging = asking.hanging();
    const onNetwork = [...hanging].filter((name) => network.has(name)).length;
    return hanging.size < mostHanging && (!mount.network || onNetwork < mostHangingOnNetwork);
  }

  async function ask(mount: SelectedMount): Promise<void> {
    const { path, device, type } = mount;
    if (mount.network) network.add(path);
    if (!asking.hanging().has(path) && !mayAsk(mount)) {
      complain(path, 'is left out: it is not asked while others do not answer');
      return;
    }
    const reply = await asking.ask(path, () => statfs(path));
    if (closed) return;
    switch (reply.kind) {
      case 'answered': {
        content(path);
        const capacity = capacityOf(reply.value);
        if (capacity === undefined) found.delete(path);
        else found.set(path, { path, device, type, ...capacity });
        return;
      }
      case 'failed':
        complain(path, `is left out: ${errorText(reply.error)}`);
        return;
      case 'hanging':
        complain(path, 'is left out: it does not answer');
        return;
      default: {
        const unhandled: never = reply;
        return unhandled;
      }
    }
  }

  function forgetUnmounted(): void {
    const paths = new Set([listing, ...(mounts ?? []).map((mount) => mount.path)]);
    for (const path of found.keys()) if (!paths.has(path)) found.delete(path);
    for (const path of complaints.keys()) if (!paths.has(path)) complaints.delete(path);
    for (const path of network) if (!paths.has(path) && !asking.hanging().has(path)) network.delete(path);
  }

  return {
    async observe() {
      await list();
      // Disks first: a network filesystem that makes everybody wait does so after them.
      const order = [...(mounts ?? [])].sort((a, b) => Number(a.network) - Number(b.network));
      for (const mount of order) {
        if (closed) return;
        await ask(mount);
      }
      forgetUnmounted();
    },
    current() {
      if (mounts === undefined) return undefined;
      return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    unobserved() {
      return (mounts ?? []).flatMap(({ path }) => {
        const reason = complaints
          .get(path)
          ?.replace(/^is left out: /, '')
          .slice(0, longestReason);
        return reason === undefined ? [] : { path, reason };
      });
    },
    async close() {
      closed = true;
    },
  };
}
