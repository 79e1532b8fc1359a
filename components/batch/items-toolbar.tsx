'use client';

import { RotateCcw, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Gate } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { SearchInput } from '@/components/ui/search-input';
import { Select } from '@/components/ui/select';
import type { RetryChoice } from '@/lib/client/mutations/batches';
import { useRetryMatches } from '@/lib/client/queries/batch-items';
import { useSeesPayloads } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { COUNTERS } from './counters';
import { ResultColumns } from './result-columns';
import { ResultsMenu } from './results-menu';
import type { BatchActions } from './use-batch-actions';
import type { ItemFilters } from './use-item-filters';

interface ItemsToolbarProps {
  batch: BatchDto;
  items: ItemFilters;
  rows: readonly JobSummaryDto[];
  /** the retry button for the filtered items */
  retry: ReactNode;
}

/** The status filter, the search and the downloads. The URL holds the filters. */
export function ItemsToolbar({ batch, items, rows, retry }: ItemsToolbarProps) {
  const { status, q, warned, setStatus, setQ, clear } = items;
  const seesPayloads = useSeesPayloads();
  const value =
    COUNTERS.find(({ statuses }) => statuses.join() === status.join())?.field ?? (status.length > 0 ? 'some' : '');
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
      <h2 className="mr-1 font-medium text-sm">Items</h2>
      <Select
        aria-label="State"
        value={value}
        onChange={(event) => setStatus(COUNTERS.find(({ field }) => field === event.target.value)?.statuses ?? [])}
      >
        <option value="">All states</option>
        {COUNTERS.map(({ field }) => (
          <option key={field} value={field}>
            {field}
          </option>
        ))}
        {value === 'some' ? <option value="some">{status.join(', ')}</option> : null}
      </Select>
      <SearchInput
        label="Search items"
        placeholder={seesPayloads ? 'Name, input, error or #12' : '#12'}
        value={q}
        onSearch={setQ}
        className="min-w-40 flex-1 max-sm:order-last max-sm:basis-full sm:max-w-72"
      />
      {status.length > 0 || q || warned ? (
        <Button variant="ghost" size="sm" onClick={clear}>
          <X /> Clear filters
        </Button>
      ) : null}
      {retry}
      <span className="ml-auto flex items-center gap-2">
        <ResultColumns items={items} rows={rows} />
        <ResultsMenu batch={batch} />
      </span>
    </div>
  );
}

interface RetryShownProps {
  batch: BatchDto;
  items: Pick<ItemFilters, 'status' | 'q' | 'warned'>;
  gate: Gate;
  actions: Pick<BatchActions, 'pending' | 'retry'>;
}

const WORD = { failed: 'failed', cancelled: 'cancelled', all: 'unsuccessful' };

/** While a search filters the list, offers a retry of exactly the items that match. */
export function RetryShown({ batch, items, gate, actions }: RetryShownProps) {
  const choice = gate.shown ? choiceOf(items) : null;
  const { data: matched } = useRetryMatches(batch, choice);
  if (!choice || !matched) return null;
  return (
    <Button size="sm" reason={gate.reason} busy={actions.pending === 'retry'} onClick={() => actions.retry(choice)}>
      <RotateCcw /> Retry {formatNumber(matched)} {WORD[choice.only]} that {matched === 1 ? 'matches' : 'match'}
    </Button>
  );
}

/** Returns the selection for a retry of the shown items; null if none can be retried or if all items are shown. */
function choiceOf({ status, q, warned }: RetryShownProps['items']): RetryChoice | null {
  // The API can't limit a retry to items with warnings, and a retry must not run more than the list shows.
  if (!q || warned) return null;
  const [failed, cancelled] = [status.includes('failed'), status.includes('cancelled')];
  if (status.length > 0 && !failed && !cancelled) return null;
  return { q, only: failed === cancelled ? 'all' : failed ? 'failed' : 'cancelled' };
}
