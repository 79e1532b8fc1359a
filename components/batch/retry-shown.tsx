'use client';

import { RotateCcw } from 'lucide-react';
import type { Gate } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import type { RetryChoice } from '@/lib/client/mutations/batches';
import { useRetryMatches } from '@/lib/client/queries/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchActions } from './use-batch-actions';
import type { ItemFilters } from './use-item-filters';

interface RetryShownProps {
  batch: BatchDto;
  items: Pick<ItemFilters, 'status' | 'q' | 'warned'>;
  gate: Gate;
  actions: Pick<BatchActions, 'pending' | 'retry'>;
}

const WORD = { failed: 'failed', cancelled: 'cancelled', all: 'unsuccessful' };

/** While a search filters the list, offers a retry of exactly the items that match. */
export function RetryShown({ batch, items, gate, actions }: RetryShownProps) {
  const choice = choiceOf(items);
  const { data: matched } = useRetryMatches(batch, choice);
  if (!choice || !matched || !gate.shown) return null;
  return (
    <Button size="sm" reason={gate.reason} busy={actions.pending === 'retry'} onClick={() => actions.retry(choice)}>
      <RotateCcw /> Retry {formatNumber(matched)} {WORD[choice.only]} that {matched === 1 ? 'matches' : 'match'}
    </Button>
  );
}

/** Returns the selection for a retry of the shown items; null if none can be retried or if all items are shown. */
export function choiceOf({ status, q, warned }: RetryShownProps['items']): RetryChoice | null {
  // The API can't limit a retry to items with warnings, and a retry must not run more than the list shows.
  if (!q || warned) return null;
  const [failed, cancelled] = [status.includes('failed'), status.includes('cancelled')];
  if (status.length > 0 && !failed && !cancelled) return null;
  return { q, only: failed === cancelled ? 'all' : failed ? 'failed' : 'cancelled' };
}
