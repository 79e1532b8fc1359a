import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { perProcess } from '@/lib/config/per-process';
import type { Metric } from './prometheus';

const loopDelay = perProcess('loop-delay', (): IntervalHistogram => {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  return histogram;
}).get;

const NANO = 1e9;
const MICRO = 1e6;
const one = (name: string, help: string, type: Metric['type'], value: number): Metric => ({
  name,
  help,
  type,
  samples: [{ value }],
});

/** Returns metrics of this web process, under the standard names of Prometheus exporters. */
export function processMetrics(openStreams: number): Metric[] {
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  const delay = loopDelay();
  const p99 = delay.percentile(99) / NANO;
  delay.reset();
  return [
    one('process_cpu_seconds_total', 'CPU time of the web process.', 'counter', (cpu.user + cpu.system) / MICRO),
    one('process_resident_memory_bytes', 'Memory of the web process.', 'gauge', memory.rss),
    one('nodejs_heap_size_used_bytes', 'Used heap of the web process.', 'gauge', memory.heapUsed),
    one(
      'process_start_time_seconds',
      'When the web process started.',
      'gauge',
      Math.round(Date.now() / 1000 - process.uptime()),
    ),
    one('nodejs_eventloop_lag_p99_seconds', 'Event loop delay since the last scrape, 99th percentile.', 'gauge', p99),
    one('batchyard_event_streams', 'Open event streams of this process.', 'gauge', openStreams),
  ];
}
