import type { BulkActionOf, BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { Permission } from '@/lib/contracts/permissions';
import { type Context, requirePermission } from '@/lib/domain/context';
import { requireUnredacted } from '@/lib/domain/redaction/door';

/** What each action needs besides the permission to make bulk actions. */
const NEEDED = {
  retry: 'job.retry',
  cancel: 'job.cancel',
  edit: 'batch.edit',
  discard: 'job.discard',
} as const satisfies Record<Exclude<BulkActionVerb, 'delete'>, Permission>;

const DELETES: Record<BulkActionOf, Permission> = {
  jobs: 'job.clean-up',
  batches: 'batch.delete',
  flows: 'flow.delete',
};

/** @throws DomainError `forbidden` unless the caller may do so with each single job */
export async function requireAction(context: Context, action: BulkActionVerb, of: BulkActionOf): Promise<void> {
  requirePermission(context, action === 'delete' ? DELETES[of] : NEEDED[action], `${action} ${of}`);
  // An expression can copy any part of an input to a place where it is shown.
  if (action === 'edit') await requireUnredacted(context, 'edit jobs by expressions');
}
