'use client';

import { Select } from '@/components/ui/select';
import type { MarkStatus } from '@/components/ui/status';
import { StatusFilter } from '@/components/ui/status-filter';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { asValue, chosenValues, withValue } from '@/lib/query/edit';
import type { ListQuery } from './use-list-query';

interface QueryFiltersProps<Status extends MarkStatus> {
  list: ListQuery;
  statuses: readonly Status[];
}

/** Filters that change terms of the query. */
export function QueryFilters<Status extends MarkStatus>({ list, statuses }: QueryFiltersProps<Status>) {
  const { kind, text, change } = list;
  const chosen = chosenValues(text, kind, 'status');
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <TypeSelect list={list} />
      <CreatedSelect list={list} />
      <StatusFilter
        statuses={statuses}
        chosen={statuses.filter((status) => chosen.includes(status))}
        onChange={(next) => change(withValue(text, kind, 'status', next.join(',')))}
        className="max-sm:w-full"
      />
    </div>
  );
}

/** More than one type, or a pattern, is shown by the text only. */
const MIXED = 'mixed';

function TypeSelect({ list: { kind, text, change } }: { list: ListQuery }) {
  const { data: types = [] } = useJobTypes();
  const chosen = chosenValues(text, kind, 'type');
  const value = chosen.length > 1 ? MIXED : (chosen[0] ?? '');
  return (
    <Select
      aria-label="Job type"
      value={value}
      onChange={({ target }) => change(withValue(text, kind, 'type', target.value && asValue(target.value)))}
      className="flex-1 sm:w-44 sm:flex-none"
    >
      <option value="">All job types</option>
      {value === MIXED ? <option value={MIXED}>Several types</option> : null}
      {value && value !== MIXED && !types.some((t) => t.type === value) ? <option>{value}</option> : null}
      {types.map(({ type, title }) => (
        <option key={type} value={type}>
          {title}
        </option>
      ))}
    </Select>
  );
}

const PERIODS = [
  ['>1h', 'Last hour'],
  ['today', 'Today (UTC)'],
  ['>1d', 'Last 24 hours'],
  ['>7d', 'Last 7 days'],
  ['>30d', 'Last 30 days'],
] as const;

function CreatedSelect({ list: { kind, text, change } }: { list: ListQuery }) {
  const [value = ''] = chosenValues(text, kind, 'created');
  return (
    <Select
      aria-label="Created"
      value={value}
      onChange={({ target }) => change(withValue(text, kind, 'created', target.value))}
      className="flex-1 sm:w-36 sm:flex-none"
    >
      <option value="">Any time</option>
      {value && !PERIODS.some(([period]) => period === value) ? <option>{value}</option> : null}
      {PERIODS.map(([period, words]) => (
        <option key={period} value={period}>
          {words}
        </option>
      ))}
    </Select>
  );
}
