import { describe, expect, it } from 'vitest';
import { serveMetrics } from './metrics-server.ts';

describe("a processor's own metrics", () => {
  it('are told at /metrics and nowhere else', async () => {
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, '1.2.3');
    try {
      const url = `http://127.0.0.1:${server.port}`;
      const answer = await fetch(`${url}/metrics`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      const text = await answer.text();
      expect(text).toContain('healthapp_build_info{version="1.2.3"} 1');
      expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
      expect((await fetch(`${url}/`)).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  it('say whose setting it is when the address is taken', async () => {
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, '1.2.3');
    await expect(serveMetrics({ host: '127.0.0.1', port: server.port }, '1.2.3')).rejects.toThrow(
      `metrics.listen: 127.0.0.1:${server.port} is taken by another program; give another address, or leave it away`,
    );
    await server.close();
  });
});
