import type { JobLogLine } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { prisma } from '@/lib/db/prisma';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

/** Lines in one response; a job may write about as many. */
const MAX_LINES = 5000;

/** Reads the log lines of a job's attempts, in order. @throws `not-found` */
export async function readJobLogs(context: Context, jobId: string): Promise<JobLogLine[]> {
  const job = isId(jobId)
    ? await prisma().job.findFirst({
        where: { id: jobId, organizationId: context.organizationId },
        select: { id: true },
      })
    : null;
  if (!job) throw notFound('job', jobId);
  const lines = await prisma().jobLog.findMany({ where: { jobId }, orderBy: { id: 'asc' }, take: MAX_LINES });
  return lines.map((l) => ({
    at: l.at.toISOString(),
    level: l.level as JobLogLine['level'],
    message: l.message,
    attempt: l.attempt,
  }));
}
