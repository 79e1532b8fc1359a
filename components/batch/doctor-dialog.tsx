'use client';

import { CircleCheck, TriangleAlert } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useStale } from '@/lib/client/live/use-connection';
import { useRepairBatch } from '@/lib/client/mutations/batches';
import { useDiagnosis, useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Finding } from '@/lib/contracts/doctor';
import { FINDING_WORDS, repairedWords, repairReason, verdict } from './doctor-view';

interface DoctorDialogProps {
  batch: BatchDto;
  onClose: () => void;
}

/** Runs the doctor while it is open, lists its findings, and repairs the batch. */
export function DoctorDialog({ batch, onClose }: DoctorDialogProps) {
  const { data: findings, error, isFetching, refetch } = useDiagnosis(batch.id);
  const { data: viewer } = useViewer();
  const offline = useStale();
  const repair = useRepairBatch();
  const reason = repairReason({ findings, offline });
  const refused = roleReason(viewer, 'batch.repair');
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`Examination of ${batch.name}`}
        description={verdict(findings)}
        footer={
          <>
            <DialogClose asChild>
              <Button>Close</Button>
            </DialogClose>
            {refused === null ? (
              <Button
                variant="primary"
                reason={reason}
                busy={repair.isPending}
                onClick={() => repair.mutate({ batchId: batch.id })}
              >
                Repair batch
              </Button>
            ) : (
              <RoleNote reason={refused} />
            )}
          </>
        }
      >
        <div className="flex flex-col gap-3">
          {findings ? (
            <Findings findings={findings} />
          ) : error ? (
            <ErrorState
              className="py-6"
              title="The batch could not be examined"
              detail={describeError(error)}
              onRetry={() => void refetch()}
              retrying={isFetching}
            />
          ) : (
            <Examining />
          )}
          {repair.data ? (
            <Notice tone={repair.data.remaining.length > 0 ? 'warning' : 'success'} title="Repaired">
              {repairedWords(repair.data).join(' ')}
            </Notice>
          ) : null}
          {repair.error ? (
            <Notice tone="error" title="The batch could not be repaired">
              {describeError(repair.error)}
            </Notice>
          ) : null}
          <p className="text-muted text-xs">
            The examination repeats every few seconds. A repair works from the items themselves and is safe at any time.
            Who started it is recorded.
          </p>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-md border px-3 py-2.5 text-sm">
        <CircleCheck className="size-4 shrink-0 text-status-completed" aria-hidden="true" />
        <span>Nothing is wrong with this batch.</span>
      </p>
    );
  }
  return (
    <ul aria-label="Findings" className="divide-y rounded-md border">
      {findings.map((finding) => {
        const { title, cure } = FINDING_WORDS[finding.code];
        return (
          <li key={finding.code} className="flex gap-2.5 px-3 py-2.5">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-status-partial" aria-hidden="true" />
            <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              <p className="flex flex-wrap items-center gap-x-2 font-medium text-sm">
                {title}
                {finding.count > 0 ? <Badge>{formatCount(finding.count, 'item')}</Badge> : null}
              </p>
              <p className="text-muted text-sm">{finding.message}</p>
              {finding.repairable && cure ? (
                <p className="mt-1 text-xs">
                  <span className="font-medium">Repair</span> · {cure}
                </p>
              ) : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Examining() {
  return (
    <div className="rounded-md border px-3 py-2.5">
      <p role="status" className="sr-only">
        Examining the batch
      </p>
      <Skeleton className="my-1 w-48" />
      <Skeleton className="my-2 w-full" />
    </div>
  );
}
