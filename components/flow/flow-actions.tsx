'use client';

import { ChevronDown, RotateCcw, Square } from 'lucide-react';
import { useState } from 'react';
import { absentReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount, formatNumber, sayRunAgain } from '@/components/ui/format';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useStale } from '@/lib/client/live/use-connection';
import { useCancelFlow, useRetryFlow } from '@/lib/client/mutations/flows';
import { useViewer } from '@/lib/client/queries/system';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import { flowCancelConsequence, flowGates } from './flow-gates';

/** Cancel and retry of a whole flow. A disabled action shows its reason. */
export function FlowActions({ flow }: { flow: FlowSummaryDto }) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const notify = useToast();
  const cancel = useCancelFlow();
  const retry = useRetryFlow();
  const [asking, setAsking] = useState<'graceful' | 'force' | null>(null);
  const gates = flowGates({ flow, viewer, pending: cancel.isPending || retry.isPending, offline });
  const force = asking === 'force';
  const again = (only: 'failed' | 'cancelled' | 'all') =>
    retry.mutate(
      { flowId: flow.id, only },
      {
        onSuccess: ({ retried }) => notify({ tone: 'success', title: sayRunAgain(retried, 'job') }),
        onError: (error) => notify({ tone: 'error', title: 'The flow was not retried', detail: describeError(error) }),
      },
    );
  const { failed, cancelled } = flow.counts;
  const both = failed > 0 && cancelled > 0;
  // A completed flow tolerated its failures, so a retry is not urgent.
  const look = flow.status === 'completed' ? 'secondary' : 'primary';
  const first = failed > 0 ? ('failed' as const) : ('cancelled' as const);
  return (
    <>
      {gates.retry.shown ? (
        <span className="inline-flex">
          <Button
            variant={look}
            reason={gates.retry.reason}
            busy={retry.isPending}
            className={both && gates.retry.reason === null ? 'rounded-r-none' : undefined}
            onClick={() => again(both ? 'all' : first)}
          >
            <RotateCcw className="max-sm:hidden" />
            {both
              ? `Retry ${formatCount(failed + cancelled, 'job')}`
              : `Retry ${formatNumber(flow.counts[first])} ${first}`}
          </Button>
          {both && gates.retry.reason === null ? (
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button
                  variant={look}
                  size="icon"
                  className={cn('w-7 rounded-l-none', look === 'primary' ? 'ml-px' : '-ml-px')}
                  aria-label="What to retry"
                  busy={retry.isPending}
                >
                  <ChevronDown />
                </Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent>
                <DropdownMenuItem onSelect={() => again('failed')}>
                  Retry {formatNumber(failed)} failed
                </DropdownMenuItem>
                <DropdownMenuItem onSelect={() => again('cancelled')}>
                  Retry {formatNumber(cancelled)} cancelled
                </DropdownMenuItem>
              </DropdownMenuContent>
            </DropdownMenu>
          ) : null}
        </span>
      ) : null}
      {gates.cancel.shown ? (
        <CancelMenu graceful={gates.cancel.reason} force={gates.force.reason} onChoose={setAsking} />
      ) : null}
      <RoleNote reason={absentReason(gates)} />
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => (open ? undefined : setAsking(null))}
        title={force ? `Force cancel ${flow.name}?` : `Cancel ${flow.name}?`}
        consequence={`${flowCancelConsequence(flow.counts, force)} What did not run can be retried later.`}
        confirm={force ? 'Force cancel' : 'Cancel flow'}
        keep="Keep running"
        danger
        busy={cancel.isPending}
        error={cancel.error ? describeError(cancel.error) : null}
        onConfirm={() => cancel.mutate({ flowId: flow.id, force }, { onSuccess: () => setAsking(null) })}
      />
    </>
  );
}

interface CancelMenuProps {
  graceful: string | null;
  force: string | null;
  onChoose: (mode: 'graceful' | 'force') => void;
}

function CancelMenu({ graceful, force, onChoose }: CancelMenuProps) {
  const face = (
    <>
      <Square className="max-sm:hidden" /> Cancel <ChevronDown />
    </>
  );
  if (graceful && force) return <Button reason={graceful}>{face}</Button>;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>{face}</Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem
          disabled={graceful !== null}
          hint={graceful ?? 'Running items finish, no new item starts'}
          onSelect={() => onChoose('graceful')}
        >
          Cancel flow
        </DropdownMenuItem>
        <DropdownMenuItem
          danger
          disabled={force !== null}
          hint={force ?? 'Running items are aborted too'}
          onSelect={() => onChoose('force')}
        >
          Force cancel
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
