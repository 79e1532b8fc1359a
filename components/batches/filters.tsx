'use client';

import { SearchInput } from '@/components/ui/search-input';
import { Select } from '@/components/ui/select';
import { StatusFilter } from '@/components/ui/status-filter';
import { listParam, useUrlFilters } from '@/components/ui/use-url-filters';
import type { BatchFilters } from '@/lib/client/keys';
import { useJobTypes } from '@/lib/client/queries/use-job-types';
import { BATCH_STATUSES } from '@/lib/contracts/status';

/** The filters of the list, from the address. */
export function useBatchFilters(): BatchFilters {
  const [params] = useUrlFilters();
  const status = listParam(params, 'status', BATCH_STATUSES);
  const type = params.get('type')?.slice(0, 100);
  const q = params.get('q')?.slice(0, 200);
  return { ...(status.length > 0 ? { status } : {}), ...(type ? { type } : {}), ...(q ? { q } : {}) };
}

/** Search, type and status, above the list. */
export function BatchFilterBar({ filters }: { filters: BatchFilters }) {
  const [, change] = useUrlFilters();
  const { data: types = [] } = useJobTypes();
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchInput
        label="Search batches"
        placeholder="Name or id"
        value={filters.q ?? ''}
        onSearch={(q) => change({ q })}
        className="w-full sm:w-60"
      />
      <Select
        aria-label="Job type"
        value={filters.type ?? ''}
        onChange={(event) => change({ type: event.target.value })}
        className="w-full sm:w-48"
      >
        <option value="">All job types</option>
        {filters.type && !types.some((t) => t.type === filters.type) ? <option>{filters.type}</option> : null}
        {types.map(({ type, title }) => (
          <option key={type} value={type}>
            {title}
          </option>
        ))}
      </Select>
      <StatusFilter
        statuses={BATCH_STATUSES}
        chosen={filters.status ?? []}
        onChange={(status) => change({ status })}
        className="max-sm:w-full"
      />
    </search>
  );
}
