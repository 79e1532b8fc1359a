import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { perProcess } from '@/lib/config/per-process';
import type { JobStatsDto } from '@/lib/contracts/job';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { getJobStats } from '@/lib/domain/job/get-job-stats';
import { MONITORING_EVENTS, readEventCounts } from '@/lib/domain/monitoring/track';
import { hub } from '@/lib/http/sse/hub';

const STATUSES = ['pending', 'active', 'completed', 'failed', 'cancelled'] as const;

/** Returns the text of a scrape: jobs of these organizations, slots and workers of all machines, and this process. */
export async function readMetrics(contexts: Context[]): Promise<string> {
  const [capacity, stats, events] = await Promise.all([
    readLoad(),
    Promise.all(contexts.map((context) => getJobStats(context))),
    Promise.all(contexts.map((context) => readEventCounts(context))),
  ]);
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'gauge',
    samples: [{ value }],
  });
  return toPrometheus([
    jobs(stats),
    {
      name: 'batchyard_parent_job_events_total',
      help: 'Monitoring events of parent jobs.',
      type: 'counter',
      samples: MONITORING_EVENTS.map((event) => ({ labels: { event }, value: sum(events.map((e) => e[event])) })),
    },
    gauge('batchyard_batches_running', 'Batches that hold a slot.', capacity.activeBatches),
    gauge('batchyard_batches_max', 'Slots for running batches.', capacity.maxBatches),
    gauge('batchyard_shutting_down', '1 while every worker machine is stopping.', Number(capacity.isShuttingDown)),
    gauge('batchyard_worker_machines', 'Machines that run workers.', capacity.workers.length),
    gauge('batchyard_worker_processes', 'Consumers, over all machines.', sum(capacity.workers.map((w) => w.processes))),
    gauge('batchyard_worker_jobs_active', 'Jobs that consumers hold.', sum(capacity.workers.map((w) => w.jobsActive))),
    ...processMetrics(hub().viewers.size),
  ]);
}

function jobs(stats: JobStatsDto[]): Metric {
  const types = [...new Set(stats.flatMap((s) => Object.keys(s.byType)))].sort();
  const samples = types.flatMap((type) =>
    STATUSES.map((status) => ({
      labels: { type, status },
      value: sum(stats.map((s) => s.byType[type]?.[status] ?? 0)),
    })),
  );
  return { name: 'batchyard_jobs', help: 'Jobs by type and status.', type: 'gauge', samples };
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

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
function processMetrics(openStreams: number): Metric[] {
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

interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  samples: { labels?: Record<string, string>; value: number }[];
}

const escapeLabel = (text: string): string => text.replaceAll(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));

function line(name: string, labels: Record<string, string> | undefined, value: number): string {
  const pairs = Object.entries(labels ?? {}).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

/** Formats metrics in the Prometheus text format. */
const toPrometheus = (metrics: Metric[]): string =>
  metrics
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map((s) => line(name, s.labels, s.value)),
    ])
    .map((text) => `${text}\n`)
    .join('');
