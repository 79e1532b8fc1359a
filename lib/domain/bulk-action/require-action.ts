import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { Permission } from '@/lib/contracts/permissions';
import { type Context, requirePermission } from '@/lib/domain/context';
import { requireUnredacted } from '@/lib/domain/redaction/door';

/** What each action needs besides the permission to make bulk actions. */
const NEEDED = {
  retry: 'job.retry',
  cancel: 'job.cancel',
  edit: 'batch.edit',
  discard: 'job.discard',
  delete: 'job.clean-up',
} as const satisfies Record<BulkActionVerb, Permission>;

/** @throws DomainError `forbidden` unless the caller may do so with each single job */
export async function requireAction(context: Context, action: BulkActionVerb): Promise<void> {
  requirePermission(context, NEEDED[action], `${action} jobs`);
  // An expression can copy any part of an input to a place where it is shown.
  if (action === 'edit') await requireUnredacted(context, 'edit jobs by expressions');
}
