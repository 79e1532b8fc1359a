import { getBatches } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { getJobSummaries } from '@/lib/domain/job/get-job';
import { openDoor, progressAt } from '@/lib/domain/redaction/door';
import type { DirtyRows } from './dirty-rows';
import type { Viewer } from './viewer';

type DirtyJobs = ReturnType<DirtyRows['takeJobs']>;
type Progress = DirtyJobs['progress'][number];

/** Viewers of an organization who see the same of it, and whose snapshot was sent. */
export interface Audience {
  context: Context;
  viewers: Viewer[];
}

/** Maximum progress reports per broadcast for streams that do not filter by job. */
const SAMPLE = 20;
/** This many viewers of a job cost one token. Many viewers receive fewer jobs, but all counters. */
const VIEWERS_PER_TOKEN = 20;
/** maximum ids whose organization is read in one broadcast */
const MAX_UNKNOWN = 200;

/** Sends changes of jobs: every change of the jobs in a stream's filter, and a sample of the others. */
export class JobBroadcast {
  /** limits jobs for streams that do not filter by job: all of a small batch, a sample of a fast large batch */
  readonly #sample = new TokenBucket({ burst: 500, perSecond: 40 });

  constructor(private readonly organizations: OrganizationCache) {}

  async send(audiences: Iterable<Audience>, dirty: DirtyJobs): Promise<void> {
    for (const { context, viewers } of audiences) {
      await this.#learnOrganizations(context, dirty);
      const door = await openDoor(context);
      const own = (id: string | null | undefined) => this.organizations.get(id) === context.organizationId;
      const progress = dirty.progress
        .filter((p) => own(p.jobId) || own(p.batchId))
        .map((p) => ({ ...p, progress: progressAt(door, p.progress) }));
      for (const viewer of viewers) sendProgress(viewer, progress);
      for (const error of dirty.errors) {
        if (!own(error.jobId) && !own(error.batchId)) continue;
        const shown = { ...error, message: door.message(error.message) };
        for (const viewer of viewers) if (wants(viewer, error)) viewer.error(shown);
      }
      const jobs = await getJobSummaries(context, [...this.#idsToRead(dirty, viewers)]);
      for (const job of jobs) {
        this.organizations.set(job.id, context.organizationId);
        for (const viewer of viewers) {
          if (viewer.wantsJob(job.id, job.batchId ?? job.flowId)) viewer.job(job, dirty.created.has(job.id));
        }
      }
    }
  }

  #idsToRead({ jobs, touched }: DirtyJobs, viewers: Viewer[]): Set<string> {
    const ids = new Set<string>();
    for (const viewer of viewers) {
      for (const id of viewer.filter.jobIds) {
        const batchId = viewer.jobs.get(id)?.batchId;
        if (jobs.has(id) || (batchId && touched.has(batchId))) ids.add(id);
      }
    }
    for (const [id, batchId] of jobs) {
      if (this.#sample.available < 1) break;
      if (ids.has(id)) continue;
      const wanting = viewers.reduce((count, viewer) => count + (viewer.wantsJob(id, batchId) ? 1 : 0), 0);
      if (wanting === 0) continue;
      this.#sample.spend(Math.max(1, wanting / VIEWERS_PER_TOKEN));
      ids.add(id);
    }
    return ids;
  }

  /** Progress and errors are sent without reading their rows, so their organization must be read first. */
  async #learnOrganizations(context: Context, { progress, errors }: DirtyJobs): Promise<void> {
    const known = (id: string | null | undefined) => this.organizations.get(id) !== undefined;
    const unknown = [...progress, ...errors].filter((h) => !known(h.jobId) && !known(h.batchId));
    if (unknown.length === 0) return;
    const batchIds = new Set(unknown.flatMap((h) => h.batchId ?? []));
    const jobIds = new Set(unknown.flatMap((h) => (h.batchId || !h.jobId ? [] : h.jobId)));
    const [batches, jobs] = await Promise.all([
      getBatches(context, [...batchIds].slice(0, MAX_UNKNOWN)),
      getJobSummaries(context, [...jobIds].slice(0, MAX_UNKNOWN)),
    ]);
    for (const { id } of [...batches, ...jobs]) this.organizations.set(id, context.organizationId);
  }
}

/** Sends every report to streams that filter by the job, and to others the last report of each job for a few jobs. */
function sendProgress(viewer: Viewer, reports: Progress[]): void {
  const last = new Map<string, Progress>();
  for (const report of reports) {
    if (viewer.filter.jobIds.has(report.jobId)) viewer.progress(report.jobId, report.batchId, report.progress);
    else if (viewer.wantsJob(report.jobId, report.batchId)) last.set(report.jobId, report);
  }
  for (const { jobId, batchId, progress } of [...last.values()].slice(-SAMPLE))
    viewer.progress(jobId, batchId, progress);
}

const wants = (viewer: Viewer, { batchId, jobId }: DirtyJobs['errors'][number]): boolean =>
  jobId ? viewer.wantsJob(jobId, batchId ?? null) : batchId !== undefined && viewer.wantsBatch(batchId);

/** More ids than viewers watch at a time. A full cache is cleared, and the ids are read again. */
const MAX_ORGANIZATIONS = 20_000;

/** Caches the organization of batches, jobs and flows from their rows. Messages between processes do not contain it. */
export class OrganizationCache {
  readonly #known = new Map<string, string>();

  get(id: string | null | undefined): string | undefined {
    return id ? this.#known.get(id) : undefined;
  }

  set(id: string, organizationId: string): void {
    if (this.#known.size >= MAX_ORGANIZATIONS) this.#known.clear();
    this.#known.set(id, organizationId);
  }
}

/** A token bucket: it allows a burst after an idle time, and otherwise limits the rate to the refill. */
class TokenBucket {
  #tokens: number;
  #filledAt = Date.now();

  constructor(private readonly limits: { burst: number; perSecond: number }) {
    this.#tokens = limits.burst;
  }

  /** Number of whole tokens that are available now. */
  get available(): number {
    const now = Date.now();
    const refill = ((now - this.#filledAt) / 1000) * this.limits.perSecond;
    this.#tokens = Math.min(this.limits.burst, this.#tokens + refill);
    this.#filledAt = now;
    return Math.floor(this.#tokens);
  }

  spend(tokens: number): void {
    this.#tokens -= tokens;
  }
}
