/** `GET /metrics` of a processor: the figures of its process. Those of the fleet are told by every API. */
import { createServer } from 'node:http';
import { hostInUrl } from '@healthapp/shared/config/schema/address';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { processMetrics } from '@healthapp/shared/runtime/process-metrics';

export interface MetricsServer extends Closable {
  readonly port: number;
}

/** @throws UsageError when the address cannot be listened on. */
export async function serveMetrics(
  { host, port }: { readonly host: string | null; readonly port: number },
  version: string,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if ((request.method !== 'GET' && request.method !== 'HEAD') || path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    const registry = processMetrics(version);
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used: ${error.message}`;
      const shown = `${host === null ? '' : hostInUrl(host)}:${port}`;
      reject(new UsageError(`metrics.listen: ${shown} ${why}; give another address, or leave it away`));
    });
    server.listen(port, host ?? undefined, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections?.();
      return closed;
    },
  };
}
