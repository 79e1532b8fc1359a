'use client';

import type { ReactNode } from 'react';
import { CopyButton } from '@/components/ui/copy-button';
import { formatCosts, formatNumber } from '@/components/ui/format';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { links } from '@/lib/client/links';
import type { JobDetailDto } from '@/lib/contracts/job';

/** The identifiers of a job, with copy buttons, and what it cost. */
export function Facts({ job }: { job: JobDetailDto }) {
  const file = fileOf(job.data);
  const costs = formatCosts(job.costs);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1 border-t pt-3 text-xs">
      <Fact name="Id" copy={job.id}>
        {job.id}
      </Fact>
      {job.externalId ? (
        <Fact name="External id" copy={job.externalId}>
          {job.externalId}
        </Fact>
      ) : null}
      {job.correlationId ? (
        <Fact name="Correlation id" copy={job.correlationId}>
          {job.correlationId}
        </Fact>
      ) : null}
      {costs === '' ? null : <Fact name="Cost">{costs}</Fact>}
      {job.priority > 0 ? <Fact name="Priority">{formatNumber(job.priority)}</Fact> : null}
      {file ? (
        <>
          <dt className="text-muted">File</dt>
          <dd>
            <a className="text-accent underline-offset-2 hover:underline" href={links.file(file)} download>
              Download the input file
            </a>
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function Fact({ name, copy, children }: { name: string; copy?: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center font-mono">
        {typeof children === 'string' ? <TruncateMiddle text={children} tail={12} /> : children}
        {copy ? <CopyButton value={copy} label={`Copy ${name.toLowerCase()}`} /> : null}
      </dd>
    </>
  );
}

/** Returns the id of the uploaded file for job types that take documents. */
function fileOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('fileId' in data)) return null;
  return typeof data.fileId === 'string' ? data.fileId : null;
}
