'use client';

import { Notice } from '@/components/ui/notice';
import type { JobDetailDto } from '@/lib/contracts';
import { Payload } from './payload';

/** What came out: the result, or why there is none. */
export function Result({ job }: { job: JobDetailDto }) {
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
          <Payload name="the stack" value={error.stack} fileName={`job-${job.id}-error.txt`} />
        ) : null}
      </div>
    );
  }
  if (status === 'completed')
    return <Payload name="the result" value={result} fileName={`job-${job.id}-result.json`} />;
  return (
    <p className="py-8 text-center text-muted text-sm">
      {status === 'cancelled' ? 'It was cancelled and has no result.' : 'There is no result yet.'}
    </p>
  );
}
