'use client';

import { ChevronDown, Pencil, RotateCcw, Square } from 'lucide-react';
import { useState } from 'react';
import { absentReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { CopyButton } from '@/components/ui/copy-button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { onDemand } from '@/components/ui/on-demand';
import { describeError } from '@/lib/client/api';
import { curl, links } from '@/lib/client/links';
import { useStale } from '@/lib/client/live/use-connection';
import { useCancelJob, useRetryJob } from '@/lib/client/mutations/jobs';
import { useViewer } from '@/lib/client/queries/system';
import type { JobDetailDto } from '@/lib/contracts/job';
import { jobGates } from './job-gates';

const EditRetryDialog = onDemand(() => import('./edit-retry-dialog').then((module) => module.EditRetryDialog));

/** The actions of a job, and the last refusal. */
export function JobActions({ job }: { job: JobDetailDto }) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const retry = useRetryJob();
  const cancel = useCancelJob();
  const [editing, setEditing] = useState(false);
  const [forcing, setForcing] = useState(false);
  const gates = jobGates({ job, viewer, pending: retry.isPending || cancel.isPending, offline });
  const canForce = gates.force.shown && gates.force.reason === null;
  const refused = retry.error ?? cancel.error;
  const stop = (force: boolean): void => {
    retry.reset();
    cancel.mutate({ jobId: job.id, force }, { onSuccess: () => setForcing(false) });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {gates.retry.shown ? (
        <>
          <Button
            variant="primary"
            reason={gates.retry.reason}
            busy={retry.isPending}
            onClick={() => {
              cancel.reset();
              retry.mutate({ jobId: job.id });
            }}
          >
            <RotateCcw /> Retry
          </Button>
          {viewer?.seesPayloads === false ? null : (
            <Button reason={gates.retry.reason} onClick={() => setEditing(true)}>
              <Pencil /> Edit and retry
            </Button>
          )}
        </>
      ) : null}
      {gates.cancel.shown ? (
        <span className="inline-flex">
          <Button
            reason={gates.cancel.reason}
            busy={cancel.isPending}
            className={canForce ? 'rounded-r-none' : undefined}
            onClick={() => stop(false)}
          >
            <Square /> Cancel
          </Button>
          {canForce ? (
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button size="icon" className="-ml-px w-7 rounded-l-none" aria-label="More ways to cancel">
                  <ChevronDown />
                </Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent align="start">
                <DropdownMenuItem danger hint="Aborted even if it ignores the signal" onSelect={() => setForcing(true)}>
                  Force cancel
                </DropdownMenuItem>
              </DropdownMenuContent>
            </DropdownMenu>
          ) : null}
        </span>
      ) : null}
      <RoleNote reason={absentReason(gates)} />
      {refused ? (
        <p role="alert" className="min-w-0 text-sm text-status-failed [overflow-wrap:anywhere]">
          {describeError(refused)}
        </p>
      ) : null}
      <span className="ml-auto flex items-center">
        <CopyButton value={() => `${location.origin}${links.job(job.id)}`} label="Copy link" withText />
        <CopyButton value={() => curl(`/api/jobs/${job.id}`)} label="Copy as curl" withText />
      </span>
      {editing ? <EditRetryDialog job={job} onClose={() => setEditing(false)} /> : null}
      <ConfirmDialog
        open={forcing}
        onOpenChange={setForcing}
        title={`Force cancel ${job.name || 'this job'}?`}
        consequence="It is aborted and counted as cancelled; what it has done so far is lost. It can be retried later."
        confirm="Force cancel"
        keep="Keep running"
        danger
        busy={cancel.isPending}
        error={cancel.error ? describeError(cancel.error) : null}
        onConfirm={() => stop(true)}
      />
    </div>
  );
}
