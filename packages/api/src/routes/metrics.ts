/** `GET /metrics` in Prometheus' text format: the fleet, this API instance, this process. */
import { processMetrics } from '@healthapp/shared/runtime/process-metrics';
import { Hono } from 'hono';
import { Registry } from 'prom-client';
import type { AppEnv } from '../http/bindings.ts';
import { readFleetFigures } from '../metrics/fleet-figures.ts';
import { fleetMetrics } from '../metrics/fleet-metrics.ts';
import type { InstanceMetrics } from '../metrics/instance-metrics.ts';
import type { Partitions } from '../partitions.ts';

export function metricsRoutes(partitions: Partitions, instance: InstanceMetrics, version: string) {
  return new Hono<AppEnv>().get('/metrics', async (c) => {
    const fleet = fleetMetrics(await readFleetFigures(partitions));
    const all = Registry.merge([fleet, instance.registry, processMetrics(version)]);
    return c.body(await all.metrics(), 200, { 'content-type': all.contentType, 'cache-control': 'no-store' });
  });
}
