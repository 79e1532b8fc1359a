import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { type AuditAction, audit, insertEntries } from '@/lib/domain/audit';
import { seal } from '@/lib/domain/batch/seal-batch';
import { type BulkActionRow, ofAction } from '@/lib/domain/bulk-action/bulk-action-row';
import type { Context } from '@/lib/domain/context';
import type { GroupKind } from './chunk';

/** What the activity of a batch or flow, or of each single job, calls it. */
const ENTRIES: Record<BulkActionVerb, Record<'batch' | 'flow' | 'single', AuditAction>> = {
  retry: { batch: 'batch.retry', flow: 'flow.retry', single: 'job.retry' },
  edit: { batch: 'batch.edit', flow: 'flow.retry', single: 'job.retry' },
  cancel: { batch: 'batch.cancel-jobs', flow: 'flow.cancel-jobs', single: 'job.cancel' },
  tag: { batch: 'batch.tag-jobs', flow: 'flow.tag-jobs', single: 'job.tag' },
  discard: { batch: 'batch.discard-jobs', flow: 'flow.discard-jobs', single: 'job.discard' },
  delete: { batch: 'job.clean-up', flow: 'job.clean-up', single: 'job.clean-up' },
};

type Made = Pick<BulkActionRow, 'id' | 'action' | 'note' | 'set' | 'tags'>;

/** What an entry says of the bulk action that made it. */
export const detailOf = ({ id, note, set, tags }: Made) => ({
  bulkActionId: id,
  ...(note === null ? {} : { note }),
  ...(set === null ? {} : { payload: { set } }),
  ...(tags === null ? {} : { payload: { tags } }),
});

/**
 * Ends the part of a bulk action that is about one batch or flow: its activity gets one entry, with how many jobs were
 * changed there, and a batch that was kept open is sealed again.
 */
export async function closeGroup(
  tx: Transaction,
  context: Context,
  action: Made & Pick<BulkActionRow, 'unsealed' | 'estimate'>,
  { kind, groupId, count }: { kind: GroupKind; groupId: string; count: number },
): Promise<void> {
  if (action.unsealed !== null) await seal(tx, context.organizationId, action.unsealed);
  // A change of the batch or flow itself has written its entry.
  if (ofAction(action) !== 'jobs') return;
  if (count === 0 || (kind !== 'batch' && kind !== 'flow')) return;
  const after = { ...detailOf(action), count };
  await audit(tx.db, context, ENTRIES[action.action][kind], { kind, id: groupId }, { after });
}

/** Writes the entries of single jobs that were changed. */
export async function writeSingleEntries(
  tx: Transaction,
  context: Context,
  action: Made,
  jobIds: readonly string[],
): Promise<void> {
  if (jobIds.length === 0) return;
  const name = ENTRIES[action.action].single;
  if (action.action === 'delete') {
    const after = { ...detailOf(action), deleted: jobIds.length };
    await audit(tx.db, context, name, { kind: 'job', id: 'all' }, { after });
    return;
  }
  const after = { ...detailOf(action), ...(action.action === 'edit' ? { edited: true } : {}) };
  const target = sql`(select j.id::text as id, j.name from job j where j.id = any(${jobIds}::uuid[])) as t`;
  await tx.db.query(insertEntries(context, name, 'job', target, { after }));
}
