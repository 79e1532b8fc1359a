import type { JobLogLine } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { prisma } from '@/lib/db/prisma';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';

/** Lines in one response; a job may write about as many. */
const MAX_LINES = 5000;

/** Reads the log lines of a job's attempts, in order. @throws DomainError `forbidden`, `not-found` */
export async function readJobLogs(context: Context, jobId: string): Promise<JobLogLine[]> {
  requirePermission(context, 'job.see');
  requirePayloads(context, 'read the log of a job');
  const door = await openDoor(context);
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
    message: door.message(l.message),
    attempt: l.attempt,
  }));
}
