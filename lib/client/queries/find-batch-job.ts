import { api } from '@/lib/client/api';
import type { BatchJobList, JobSummaryDto } from '@/lib/contracts/job';

/** The item at a place of a batch, from 0; null if there is none. */
export async function findBatchJob(batchId: string, index: number): Promise<JobSummaryDto | null> {
  const query = { q: `#${index + 1}`, limit: 1 };
  const { jobs } = await api<BatchJobList>(`/batches/${encodeURIComponent(batchId)}/jobs`, { query });
  return jobs.find((job) => job.index === index) ?? null;
}
