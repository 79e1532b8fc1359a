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

/** While a search narrows the list, a retry of the items that it found, and of no others. */
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

/** What a retry of the shown items means; null where none of them could be retried, or all are shown. */
export function choiceOf({ status, q, warned }: RetryShownProps['items']): RetryChoice | null {
  // A retry can't be narrowed to items with remarks, and must never run more than what is shown.
  if (!q || warned) return null;
  const [failed, cancelled] = [status.includes('failed'), status.includes('cancelled')];
  if (status.length > 0 && !failed && !cancelled) return null;
  return { q, only: failed === cancelled ? 'all' : failed ? 'failed' : 'cancelled' };
}
