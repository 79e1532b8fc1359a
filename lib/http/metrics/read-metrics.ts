import type { JobStatsDto } from '@/lib/contracts/job';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { getJobStats } from '@/lib/domain/job/get-job-stats';
import { readEventCounts } from '@/lib/domain/monitoring/read-event-counts';
import { MONITORING_EVENTS } from '@/lib/domain/monitoring/track';
import { hub } from '@/lib/http/sse/hub';
import { processMetrics } from './process';
import { type Metric, toPrometheus } from './prometheus';

const STATUSES = ['pending', 'active', 'completed', 'failed', 'cancelled'] as const;

/** Returns the text of a scrape: jobs of these organizations, slots and workers of all machines, and this process. */
export async function readMetrics(contexts: Context[]): Promise<string> {
  const [capacity, stats, events] = await Promise.all([
    getCapacity(),
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
