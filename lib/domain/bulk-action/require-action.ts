import type { BulkActionOf, BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { Permission } from '@/lib/contracts/permissions';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor, requireUnredacted } from '@/lib/domain/redaction/door';

/** What each action needs besides the permission to make bulk actions. */
const NEEDED = {
  retry: 'job.retry',
  cancel: 'job.cancel',
  edit: 'batch.edit',
  tag: 'job.tag',
  discard: 'job.discard',
} as const satisfies Record<Exclude<BulkActionVerb, 'delete'>, Permission>;

const DELETES: Record<BulkActionOf, Permission> = {
  jobs: 'job.clean-up',
  batches: 'batch.delete',
  flows: 'flow.delete',
};

/** @throws DomainError `forbidden` unless the caller may do so with each single job */
export async function requireAction(context: Context, action: BulkActionVerb, of: BulkActionOf): Promise<void> {
  const tagsBatches = action === 'tag' && of === 'batches';
  const needed = action === 'delete' ? DELETES[of] : tagsBatches ? 'batch.change' : NEEDED[action];
  requirePermission(context, needed, `${action} ${of}`);
  // How many are changed would tell which tags they have.
  if (action === 'tag' && !(await openDoor(context)).showsTags) {
    await requireUnredacted(context, 'change tags, which are part of the metadata');
  }
  // An expression can copy any part of an input to a place where it is shown.
  if (action === 'edit') await requireUnredacted(context, 'edit jobs by expressions');
}
