/** A TCP proxy between two parts of the system, which can be told to misbehave as a network does. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `blackhole`: connections are accepted and nothing is passed; once healed, what was sent meanwhile
 *   arrives, as TCP's retransmissions would bring it.
 * - `reset`: every connection is reset, new ones as soon as they are accepted.
 * - `refuse`: nothing listens; what was open is reset.
 */
export type NetworkCut = 'blackhole' | 'reset' | 'refuse';

export interface TcpProxy {
  /** Of 127.0.0.1; it stays the same through everything. */
  readonly port: number;
  /** Connections that are made from now on lead to this port of 127.0.0.1. */
  leadTo(port: number): void;
  cut(how: NetworkCut): void;
  /** Holds every byte on its way to the server for so long, ms: a round trip takes this much longer. */
  delay(ms: number): void;
  /** Resets what is open; new connections pass. */
  resetOpen(): void;
  /**
   * Passes nothing more over what is open, for good and without a word to either end: a firewall that lost
   * its table, a host that went without a goodbye. New connections pass.
   */
  forgetOpen(): void;
  /** Ends a cut and a delay. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

type Passed = Buffer | 'end' | 'reset';

/** One direction of one connection. */
interface Way {
  push(what: Passed): void;
  flush(): void;
  stop(): void;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly ways: readonly Way[];
}

export async function createTcpProxy(): Promise<TcpProxy> {
  const links = new Set<Link>();
  let how: NetworkCut | null = null;
  let delayMs = 0;
  let target = 0;
  let port = 0;
  let listener: Server | undefined;

  /** @param delayOf what is added on this way, ms. */
  function createWay(to: Socket, delayOf: () => number): Way {
    const waiting: { readonly due: number; readonly what: Passed }[] = [];
    let timer: NodeJS.Timeout | undefined;
    let lastDue = 0;
    let stopped = false;

    function pass(what: Passed): void {
      if (to.destroyed) return;
      if (what === 'reset') to.resetAndDestroy();
      else if (what === 'end') to.end();
      else to.write(what);
    }

    function flush(): void {
      clearTimeout(timer);
      if (stopped || how === 'blackhole') return;
      const now = performance.now();
      for (let next = waiting[0]; next !== undefined && next.due <= now; next = waiting[0]) {
        waiting.shift();
        pass(next.what);
      }
      if (waiting[0] !== undefined) timer = setTimeout(flush, waiting[0].due - now + 1);
    }

    return {
      push(what) {
        // Never before what came earlier, also when the delay has ended in between.
        lastDue = Math.max(lastDue, performance.now() + delayOf());
        waiting.push({ due: lastDue, what });
        flush();
      },
      flush,
      stop() {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  function accept(client: Socket): void {
    if (how === 'reset') {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const toServer = createWay(server, () => delayMs);
    const toClient = createWay(client, () => 0);
    const link = { client, server, ways: [toServer, toClient] };
    links.add(link);
    for (const [from, way] of [
      [client, toServer],
      [server, toClient],
    ] as const) {
      from.on('data', (chunk: Buffer) => way.push(chunk));
      from.on('end', () => way.push('end'));
      from.on('error', () => way.push('reset'));
      from.on('close', () => {
        if (client.destroyed && server.destroyed) links.delete(link);
      });
    }
  }

  function resetOpen(): void {
    for (const { client, server, ways } of links) {
      for (const way of ways) way.stop();
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    links.clear();
  }

  async function listen(): Promise<void> {
    const listening = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    listener = listening;
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(port, '127.0.0.1', resolve);
    });
    port = (listening.address() as AddressInfo).port;
  }

  function stopListening(): void {
    listener?.close();
    listener = undefined;
  }

  await listen();
  return {
    port,
    leadTo(next) {
      target = next;
    },
    cut(next) {
      how = next;
      if (next !== 'blackhole') resetOpen();
      if (next === 'refuse') stopListening();
    },
    delay(ms) {
      delayMs = ms;
    },
    resetOpen,
    forgetOpen() {
      for (const { ways } of links) for (const way of ways) way.stop();
    },
    async heal() {
      how = null;
      delayMs = 0;
      if (listener === undefined) await listen();
      for (const { ways } of links) for (const way of ways) way.flush();
    },
    async close() {
      stopListening();
      resetOpen();
    },
  };
}
