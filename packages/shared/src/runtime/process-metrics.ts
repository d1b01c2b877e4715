/** What Prometheus is told of a process itself, whichever role it has: memory, CPU, event loop, garbage collection. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Gauges with the ending of counters, which `promtool check metrics` refuses; each has a twin without it. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

let registry: Registry | undefined;

/** One for the whole process, since what it observes cannot be let go again. @param version HealthApp's own. */
export function processMetrics(version: string): Registry {
  if (registry !== undefined) return registry;
  registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  new Gauge({
    name: 'healthapp_build_info',
    help: 'Always 1; the version that runs.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}
