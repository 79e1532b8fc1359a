'use client';

import { Lock, Plus } from 'lucide-react';
import { useState } from 'react';
import { OFFLINE_REASON, roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { onDemand } from '@/components/ui/on-demand';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useSealBatch } from '@/lib/client/mutations/batch-items';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { isFinished } from '@/lib/contracts/status';

const AddItemsDialog = onDemand(() => import('./add-items-dialog').then((module) => module.AddItemsDialog));

/** A batch that is not sealed: add items, or seal it. */
export function OpenBatch({ batch, offline }: { batch: BatchDto; offline: boolean }) {
  const [adding, setAdding] = useState(false);
  const seal = useSealBatch();
  const { data: viewer } = useViewer();
  const refused = roleReason(viewer, 'batch.change');
  if (batch.sealed || isFinished(batch.status)) return null;
  const reason = offline ? OFFLINE_REASON : batch.cancelMode ? 'The batch is being cancelled' : null;
  const { announced, total, sealsAt } = batch;
  return (
    <>
      <Notice
        title="Open for more items"
        actions={
          refused ? (
            <RoleNote reason={refused} />
          ) : (
            <>
              <Button size="sm" variant="primary" reason={reason} onClick={() => setAdding(true)}>
                <Plus /> Add items
              </Button>
              <Button
                size="sm"
                reason={reason}
                busy={seal.isPending}
                onClick={() => seal.mutate({ batchId: batch.id })}
              >
                <Lock /> Seal
              </Button>
            </>
          )
        }
      >
        {announced
          ? `${formatNumber(total)} of ${formatCount(announced, 'announced item')} ${total === 1 ? 'was' : 'were'} received. The last one seals the batch. `
          : 'The batch ends when it is sealed and all its items have ended. '}
        {sealsAt ? (
          <>
            It is sealed automatically <Time at={sealsAt} /> unless more items arrive.
          </>
        ) : null}
        {seal.error ? <span className="block text-status-failed">{describeError(seal.error)}</span> : null}
      </Notice>
      {adding ? <AddItemsDialog batch={batch} onClose={() => setAdding(false)} /> : null}
    </>
  );
}
