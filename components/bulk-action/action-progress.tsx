'use client';

import { formatPercent } from '@/components/ui/format';
import { Progress } from '@/components/ui/progress';
import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import { titleOf } from './action-words';

/** How far a bulk action is: changed, failed and skipped jobs of all that were chosen. */
export function ActionProgress({ bulkAction, size }: { bulkAction: BulkActionDto; size: 'sm' | 'lg' }) {
  const { matched, done, failed, skipped } = bulkAction;
  const reached = done + failed + skipped;
  return (
    <span className="flex items-center gap-2">
      <Progress
        size={size}
        label={`Progress of ${titleOf(bulkAction)}`}
        total={matched}
        parts={[
          { status: 'completed', value: done },
          { status: 'failed', value: failed },
          { status: 'cancelled', value: skipped },
        ]}
      />
      <span className="w-9 shrink-0 text-right text-muted text-xs">
        {formatPercent(matched === 0 ? 100 : (reached / matched) * 100, reached >= matched, reached > 0)}
      </span>
    </span>
  );
}
