'use client';

import { ChevronDown, ChevronUp, Maximize2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogCloseButton, DialogContent } from '@/components/ui/dialog';
import { isKey, isTyping } from '@/components/ui/keys';
import { Link } from '@/components/ui/link';
import { RecordProblem } from '@/components/ui/record-problem';
import { links } from '@/lib/client/links';
import { useJob, useJobProgress } from '@/lib/client/queries/jobs';
import type { JobDetailDto } from '@/lib/contracts/job';
import { JobActions } from './job-actions';
import { JobHeader } from './job-header';
import { JobSkeleton } from './job-states';
import { JobView } from './job-view';

export interface JobProgressModalProps {
  jobId: string;
  onClose: () => void;
  /** called with the result when the job completes while the modal is open */
  onComplete?: (result: unknown) => void;
  /** opens the previous job of the list; null at its ends, absent without a list */
  onPrevious?: (() => void) | null;
  onNext?: (() => void) | null;
}

const isTab = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('[role="tablist"]') !== null;

/**
 * A live job in a modal over the current page. Escape closes it. With a list, j, k, ← and → change the job, and with Alt
 * also ↑ and ↓.
 */
export function JobProgressModal({ jobId, onClose, onComplete, onPrevious, onNext }: JobProgressModalProps) {
  const state = useJobProgress(jobId);
  const { refetch, isFetching } = useJob(jobId);
  const { job, error } = state;
  useOnComplete(job, onComplete);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Arrows within tabs choose a tab.
    const isOwn = isTyping(event.target) || event.defaultPrevented || isTab(event.target);
    if (isOwn && !event.altKey) return;
    const go = isKey(event, 'previousJob') ? onPrevious : isKey(event, 'nextJob') ? onNext : null;
    if (!go) return;
    event.preventDefault();
    go();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        bare
        size="xl"
        title={job?.name || 'Job'}
        onOpenAutoFocus={(event) => {
          // The dialog itself gets the focus, so that no button looks selected.
          event.preventDefault();
          (event.currentTarget as HTMLElement).focus();
        }}
        onCloseAutoFocus={(event) => {
          // Focuses the row of the last shown job, which may differ from the row that opened the modal.
          const row = document.querySelector<HTMLElement>(`[data-job="${CSS.escape(jobId)}"] a`);
          if (!row) return;
          event.preventDefault();
          row.focus();
        }}
        onKeyDown={onKeyDown}
        footer={job ? <Footer job={job} /> : null}
      >
        <header className="-mx-4 -mt-4 mb-4 flex items-start gap-2 border-b py-3 pr-2 pl-4">
          <div className="flex min-w-0 flex-1 flex-col gap-1.5">
            <p aria-hidden="true" className="font-semibold text-base [overflow-wrap:anywhere]">
              {job?.name || (job ? job.id : 'Loading')}
            </p>
            {job ? <JobHeader job={job} /> : null}
          </div>
          {onPrevious !== undefined || onNext !== undefined ? (
            <span className="flex">
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label="Previous item (Alt+↑)"
                disabled={!onPrevious}
                onClick={() => onPrevious?.()}
              >
                <ChevronUp />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label="Next item (Alt+↓)"
                disabled={!onNext}
                onClick={() => onNext?.()}
              >
                <ChevronDown />
              </Button>
            </span>
          ) : null}
          <Button asChild variant="ghost" size="icon-sm">
            <Link href={links.job(jobId)} aria-label="Open as a page">
              <Maximize2 />
            </Link>
          </Button>
          <DialogCloseButton />
        </header>
        {job ? (
          <JobView key={jobId} state={state} job={job} />
        ) : error ? (
          <RecordProblem isPage={false} what="job" error={error} onRetry={() => void refetch()} retrying={isFetching} />
        ) : (
          <JobSkeleton />
        )}
      </DialogContent>
    </Dialog>
  );
}

function Footer({ job }: { job: Parameters<typeof JobActions>[0]['job'] }) {
  return (
    <div className="w-full">
      <JobActions job={job} />
    </div>
  );
}

/** Calls `onComplete` each time the job completes while this hook is mounted, but not for an earlier completion. */
function useOnComplete(job: JobDetailDto | undefined, onComplete?: (result: unknown) => void): void {
  const seen = useRef<{ id: string; status: string } | null>(null);
  const call = useRef(onComplete);
  useEffect(() => {
    call.current = onComplete;
  }, [onComplete]);
  useEffect(() => {
    if (!job) return;
    const before = seen.current;
    seen.current = { id: job.id, status: job.status };
    if (before?.id === job.id && before.status !== 'completed' && job.status === 'completed')
      call.current?.(job.result);
  }, [job]);
}
