'use client';

import { ChevronRight } from 'lucide-react';
import { Notice } from '@/components/ui/notice';
import type { JobDetailDto } from '@/lib/contracts/job';
import { ModelReport } from './model-report';
import { Payload } from './payload';
import { trainingReportOf } from './training-report';

/** The result of a job with its warnings, or why there is none. */
export function Result({ job }: { job: JobDetailDto }) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {job.warnings.length > 0 ? <Warnings warnings={job.warnings} /> : null}
      <Outcome job={job} />
    </div>
  );
}

function Warnings({ warnings }: { warnings: JobDetailDto['warnings'] }) {
  return (
    <Notice tone="warning" title={warnings.length === 1 ? 'One warning' : `${warnings.length} warnings`}>
      <ul aria-label="Warnings" className="flex flex-col gap-1">
        {warnings.map(({ code, message }) => (
          <li key={`${code} ${message}`} className="[overflow-wrap:anywhere]">
            {message} <span className="font-mono text-muted text-xs">{code}</span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Outcome({ job }: { job: JobDetailDto }) {
  const { error, status, result } = job;
  if (error && status !== 'completed') {
    const waiting = status !== 'failed' && status !== 'cancelled';
    return (
      <div className="flex flex-col gap-3">
        <Notice
          tone={waiting ? 'warning' : 'error'}
          title={waiting ? 'The last attempt failed' : (error.code ?? 'It failed')}
        >
          {error.message}
        </Notice>
        {error.stack && error.stack !== error.message ? (
          <details className="group">
            <summary className="flex min-h-6 w-fit cursor-pointer list-none items-center gap-1.5 rounded-sm text-muted text-sm hover:text-ink">
              <ChevronRight className="size-3.5 transition-transform duration-150 group-open:rotate-90" />
              Stack trace
            </summary>
            <div className="mt-2">
              <Payload name="the stack" value={error.stack} fileName={`job-${job.id}-error.txt`} />
            </div>
          </details>
        ) : null}
      </div>
    );
  }
  if (status === 'completed') {
    const report = trainingReportOf(job.type, result);
    return (
      <div className="flex min-w-0 flex-col gap-4">
        {report ? <ModelReport report={report} /> : null}
        <Payload name="the result" value={result} fileName={`job-${job.id}-result.json`} />
      </div>
    );
  }
  return (
    <p className="py-8 text-center text-muted text-sm">
      {status === 'cancelled' ? 'It was cancelled and has no result.' : 'There is no result yet.'}
    </p>
  );
}
