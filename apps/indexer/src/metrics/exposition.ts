/** Prints the metrics in Prometheus's text format (exposition). This module is only imported when metrics are served. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';
import { type Facts, type Metric, metricTable } from './metric-table.ts';

export interface Exposition {
  readonly contentType: string;
  text(facts: Facts): Promise<string>;
}

/** Registers the metrics in Baleen's table and the usual ones of a Node process: memory, event loop, CPU, file descriptors. */
export function createExposition(): Exposition {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const shown = metricTable.map((metric) => ({ metric, set: setterOf(metric, registry) }));
  return {
    contentType: registry.contentType,
    text(facts) {
      for (const { metric, set } of shown) set(metric.samples(facts));
      return registry.metrics();
    },
  };
}

/** Returns a function that sets a metric. It is called at each scrape, since the values are counted elsewhere. */
function setterOf(
  { kind, name, help, labels }: Metric,
  registry: Registry,
): (samples: ReturnType<Metric['samples']>) => void {
  const configuration = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = kind === 'counter' ? new Counter(configuration) : new Gauge(configuration);
  return (samples) => {
    metric.reset();
    for (const { labels: named, value } of samples) metric.inc(named, value);
  };
}
