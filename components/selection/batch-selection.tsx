'use client';

import { RotateCcw, Square } from 'lucide-react';
import { useState } from 'react';
import { ACTION_WORDS } from '@/components/bulk-action/action-words';
import { BulkActionDialog } from '@/components/bulk-action/bulk-action-dialog';
import { absentReason, permissionGate } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { formatCount, formatNumber } from '@/components/ui/format';
import { useStale } from '@/lib/client/live/use-connection';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { MAX_VALUES } from '@/lib/query/query';
import { SelectionBar } from './selection-bar';
import type { ListSelection } from './use-selection';

type Action = 'retry' | 'cancel';

/** How many jobs of batches an action applies to. */
const jobsOf = (batches: readonly BatchDto[], action: Action): number =>
  batches.reduce(
    (sum, { failed, cancelled, active, pending }) => sum + (action === 'retry' ? failed + cancelled : active + pending),
    0,
  );

const labelOf = (verb: string, jobs: number): string => (jobs === 0 ? verb : `${verb} ${formatCount(jobs, 'job')}`);

/** The bar of selected batches. What it does to their jobs is a bulk action over all of them. */
export function BatchSelection({ list }: { list: ListSelection<BatchDto> }) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const [action, setAction] = useState<Action | null>(null);
  const { known } = list;
  const tooMany =
    known.length > MAX_VALUES ? `Jobs of at most ${formatNumber(MAX_VALUES)} batches can be chosen at once` : null;
  const reasonOf = (verb: Action, what: string): string | null =>
    tooMany ?? (jobsOf(known, verb) === 0 ? `None of their jobs ${what}` : null);
  const access = { viewer, pending: false, offline };
  const gates = {
    retry: permissionGate(access, 'job.retry', reasonOf('retry', 'is failed or cancelled')),
    cancel: permissionGate(access, 'job.cancel', reasonOf('cancel', 'is open')),
  };
  const ids = known.map(({ id }) => id).join(',');
  return (
    <>
      <SelectionBar what="batches">
        {gates.retry.shown ? (
          <Button size="sm" reason={gates.retry.reason} onClick={() => setAction('retry')}>
            <RotateCcw /> {labelOf('Retry', jobsOf(known, 'retry'))}
          </Button>
        ) : null}
        {gates.cancel.shown ? (
          <Button size="sm" variant="danger" reason={gates.cancel.reason} onClick={() => setAction('cancel')}>
            <Square /> {labelOf('Cancel', jobsOf(known, 'cancel'))}
          </Button>
        ) : null}
        <RoleNote reason={absentReason(gates)} />
      </SelectionBar>
      {action ? (
        <BulkActionDialog
          action={action}
          query={`batch:${ids} status:${ACTION_WORDS[action].statuses.join(',')}`}
          open
          onClose={() => setAction(null)}
          onStarted={list.clear}
        />
      ) : null}
    </>
  );
}
