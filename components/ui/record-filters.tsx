'use client';

import { useJobTypes } from '@/lib/client/queries/jobs';
import { cn } from './cn';
import { SearchInput } from './search-input';
import { Select } from './select';
import { type MarkStatus, STATUS_LOOK } from './status';
import { StatusMark } from './status-mark';
import { useUrlFilters } from './use-url-filters';

/** The maximum length of each filter. Longer values in the URL are truncated. */
const LONGEST = { q: 200, type: 100, batchId: 64 };

/** Returns one text filter of the URL as an object to spread; empty if the filter is empty. */
export function textParam<Name extends keyof typeof LONGEST>(params: URLSearchParams, name: Name) {
  const value = params.get(name)?.slice(0, LONGEST[name]);
  return (value ? { [name]: value } : {}) as { [N in Name]?: string };
}

interface RecordFiltersProps<Status extends MarkStatus> {
  /** the plural in lower case: `batches` */
  what: string;
  filters: { q?: string | undefined; type?: string | undefined; status?: readonly Status[] | undefined };
  statuses: readonly Status[];
  /** whether rows have one type to filter by */
  byType?: boolean;
}

/** Search, type and status filters above a list. The URL holds all of them. */
export function RecordFilters<Status extends MarkStatus>(props: RecordFiltersProps<Status>) {
  const { what, filters, statuses, byType = true } = props;
  const [, change] = useUrlFilters();
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchInput
        label={`Search ${what}`}
        placeholder="Name or id"
        value={filters.q ?? ''}
        onSearch={(q) => change({ q })}
        className="w-full sm:w-60"
      />
      {byType ? <TypeSelect value={filters.type ?? ''} onChange={(type) => change({ type })} /> : null}
      <StatusFilter
        statuses={statuses}
        chosen={[...(filters.status ?? [])]}
        onChange={(status) => change({ status })}
        className="max-sm:w-full"
      />
    </search>
  );
}

function TypeSelect({ value, onChange }: { value: string; onChange: (type: string) => void }) {
  const { data: types = [] } = useJobTypes();
  return (
    <Select
      aria-label="Job type"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="w-full sm:w-48"
    >
      <option value="">All job types</option>
      {value && !types.some((t) => t.type === value) ? <option>{value}</option> : null}
      {types.map(({ type, title }) => (
        <option key={type} value={type}>
          {title}
        </option>
      ))}
    </Select>
  );
}

interface StatusFilterProps<S extends MarkStatus> {
  statuses: readonly S[];
  chosen: readonly S[];
  onChange: (chosen: S[]) => void;
  className?: string;
}

/** A toggle for each status; with none pressed, all are shown. */
export function StatusFilter<S extends MarkStatus>({ statuses, chosen, onChange, className }: StatusFilterProps<S>) {
  const toggle = (status: S) =>
    onChange(chosen.includes(status) ? chosen.filter((s) => s !== status) : [...chosen, status]);
  return (
    <fieldset
      aria-label="Status"
      className={cn('-mx-0.5 flex min-w-0 gap-1 overflow-x-auto p-0.5 [scrollbar-width:none]', className)}
    >
      {statuses.map((status) => {
        const on = chosen.includes(status);
        return (
          <button
            key={status}
            type="button"
            aria-pressed={on}
            onClick={() => toggle(status)}
            className={cn(
              'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border px-2 text-xs transition-colors duration-150 pointer-coarse:h-9',
              on
                ? cn('border-current font-medium', STATUS_LOOK[status].soft, STATUS_LOOK[status].text)
                : 'border-line text-muted hover:border-line-strong hover:bg-hover hover:text-ink',
            )}
          >
            <StatusMark status={status} still className="size-3" />
            {STATUS_LOOK[status].word}
          </button>
        );
      })}
    </fieldset>
  );
}
