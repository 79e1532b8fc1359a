import type { QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { Live } from '@/lib/client/live/live';
import type { JobDetailDto, JobDto } from '@/lib/contracts/job';

/** Shows the answer of an action on a job, and reads again what the action changed elsewhere. */
export function settleJob(client: QueryClient, live: Live, job: JobDto): void {
  live.mergeJob(job, performance.now());
  client.setQueryData<JobDetailDto>(keys.jobs.detail(job.id), (held) => (held ? { ...held, ...job } : held));
  void client.invalidateQueries({ queryKey: keys.jobs.all });
  // A node of a flow changes the nodes that wait for it.
  void client.invalidateQueries({ queryKey: keys.flows.trees });
  if (!job.batchId) return;
  void client.invalidateQueries({ queryKey: keys.batches.jobsOf(job.batchId) });
  void client.invalidateQueries({ queryKey: keys.batches.detail(job.batchId) });
  void client.invalidateQueries({ queryKey: keys.batches.failures(job.batchId) });
}
