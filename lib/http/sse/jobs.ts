import { getBatches } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { getJobSummaries } from '@/lib/domain/job/get-job';
import type { Dirty } from './dirty';
import type { Hub } from './hub';
import type { Viewer } from './viewer';

type Hints = ReturnType<Dirty['takeJobs']>;
type Progress = Hints['progress'][number];

/** Progress reports told to streams that don't name their jobs, each time. */
const SAMPLE = 20;
/** Telling a job to so many viewers costs one unit of the sample: a crowd gets fewer jobs, but all of the counters. */
const VIEWERS_OF_A_UNIT = 20;
/** ids whose owner is asked for, each time */
const MAX_UNKNOWN = 200;

/** Tells of jobs: every change of those that a stream names, a sample of the others. */
export async function tellJobs(hub: Hub, hints: Hints): Promise<void> {
  for (const { context, viewers } of hub.audience().values()) {
    await learnOwners(hub, context, hints);
    const own = (id: string | null | undefined) => hub.owners.get(id) === context.organizationId;
    const progress = hints.progress.filter((p) => own(p.jobId) || own(p.batchId));
    for (const viewer of viewers) tellProgress(viewer, progress);
    for (const error of hints.errors) {
      if (!own(error.jobId) && !own(error.batchId)) continue;
      for (const viewer of viewers) if (wants(viewer, error)) viewer.error(error);
    }
    const jobs = await getJobSummaries(context, [...idsToRead(hub, hints, viewers)]);
    for (const job of jobs) {
      hub.owners.set(job.id, context.organizationId);
      for (const viewer of viewers) {
        if (viewer.wantsJob(job.id, job.batchId ?? job.flowId)) viewer.job(job, hints.created.has(job.id));
      }
    }
  }
}

function idsToRead({ sampling }: Hub, { jobs, touched }: Hints, viewers: Viewer[]): Set<string> {
  const ids = new Set<string>();
  for (const viewer of viewers) {
    for (const id of viewer.filter.jobIds) {
      const batchId = viewer.jobs.get(id)?.batchId;
      if (jobs.has(id) || (batchId && touched.has(batchId))) ids.add(id);
    }
  }
  for (const [id, batchId] of jobs) {
    if (sampling.left < 1) break;
    if (ids.has(id)) continue;
    const wanting = viewers.reduce((count, viewer) => count + (viewer.wantsJob(id, batchId) ? 1 : 0), 0);
    if (wanting === 0) continue;
    sampling.spend(Math.max(1, wanting / VIEWERS_OF_A_UNIT));
    ids.add(id);
  }
  return ids;
}

/** Every report for a stream that names the job; for others the last of each, and not of too many. */
function tellProgress(viewer: Viewer, reports: Progress[]): void {
  const last = new Map<string, Progress>();
  for (const report of reports) {
    if (viewer.filter.jobIds.has(report.jobId)) viewer.progress(report.jobId, report.batchId, report.progress);
    else if (viewer.wantsJob(report.jobId, report.batchId)) last.set(report.jobId, report);
  }
  for (const { jobId, batchId, progress } of [...last.values()].slice(-SAMPLE))
    viewer.progress(jobId, batchId, progress);
}

const wants = (viewer: Viewer, { batchId, jobId }: Hints['errors'][number]): boolean =>
  jobId ? viewer.wantsJob(jobId, batchId ?? null) : batchId !== undefined && viewer.wantsBatch(batchId);

/** Progress and errors carry their own content, so whose they are must be known before they are told. */
async function learnOwners(hub: Hub, context: Context, { progress, errors }: Hints): Promise<void> {
  const unknown = [...progress, ...errors].filter((h) => !hub.owners.get(h.jobId) && !hub.owners.get(h.batchId));
  if (unknown.length === 0) return;
  const batchIds = new Set(unknown.flatMap((h) => h.batchId ?? []));
  const jobIds = new Set(unknown.flatMap((h) => (h.batchId || !h.jobId ? [] : h.jobId)));
  const [batches, jobs] = await Promise.all([
    getBatches(context, [...batchIds].slice(0, MAX_UNKNOWN)),
    getJobSummaries(context, [...jobIds].slice(0, MAX_UNKNOWN)),
  ]);
  for (const { id } of [...batches, ...jobs]) hub.owners.set(id, context.organizationId);
}
