'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/search-input';
import { Select } from '@/components/ui/select';
import type { BatchDto } from '@/lib/contracts/batch';
import { COUNTERS } from './counters';
import { ResultsMenu } from './results-menu';
import type { ItemFilters } from './use-item-filters';

interface ItemsToolbarProps {
  batch: BatchDto;
  items: ItemFilters;
  /** the retry button for the filtered items */
  retry: ReactNode;
}

/** The status filter, the search and the downloads. The URL holds the filters. */
export function ItemsToolbar({ batch, items, retry }: ItemsToolbarProps) {
  const { status, q, warned, setStatus, setQ, clear } = items;
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
        placeholder="Name, input, error or #12"
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
      <span className="ml-auto">
        <ResultsMenu batch={batch} />
      </span>
    </div>
  );
}
