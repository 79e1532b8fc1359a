'use client';

import { Badge } from '@/components/ui/badge';
import { formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { StatusBadge } from '@/components/ui/status-mark';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { JobDetailDto } from '@/lib/contracts/job';

/** The status, the type and the parent of a job, below its name in the modal and on the page. */
export function JobHeader({ job }: { job: JobDetailDto }) {
  const stopping = job.cancelRequested && job.status === 'active';
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusBadge status={job.status} word={stopping ? 'stopping' : undefined} filled />
      <Badge>
        <TypeTitle type={job.type} />
      </Badge>
      {job.batchId ? (
        <span className="text-muted text-xs">
          {job.index === null ? '' : `#${formatNumber(job.index + 1)} of `}
          <Link className="text-accent underline-offset-2 hover:underline" href={links.batch(job.batchId)}>
            {job.batchName ?? 'its batch'}
          </Link>
        </span>
      ) : null}
    </span>
  );
}
