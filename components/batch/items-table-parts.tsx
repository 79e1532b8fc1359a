import { SelectAllCell } from '@/components/selection/select-cell';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState } from '@/components/ui/states';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { ItemFilters } from './use-item-filters';

/** The column headers on a desktop. @param fields fields of the results that are columns */
export function ItemsHead({ fields }: { fields: readonly string[] }) {
  return (
    <TableHeader className="sticky top-0 z-1">
      <SelectAllCell what="items" />
      <TableHead>#</TableHead>
      <TableHead>Status</TableHead>
      <TableHead>Name</TableHead>
      <TableHead right className="max-lg:hidden">
        Attempts
      </TableHead>
      <TableHead right>Duration</TableHead>
      <TableHead className="pl-3 max-lg:hidden">Finished</TableHead>
      {(fields.length > 0 ? fields : ['Result or reason']).map((title) => (
        <TableHead key={title} className={cn('max-lg:hidden', fields.length > 0 && 'font-mono')} title={title}>
          {title}
        </TableHead>
      ))}
    </TableHeader>
  );
}

/** Placeholders for rows that are loading, with the final sizes. */
export function SkeletonRows({ count, narrow }: { count: number; narrow: boolean }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, i) => (
        <TableRow key={i} className={cn(narrow && 'h-12')}>
          <TableCell>
            <Skeleton className="w-6" />
          </TableCell>
          <TableCell>
            <Skeleton className="w-20" />
          </TableCell>
          <TableCell>
            <Skeleton className="w-2/3" />
          </TableCell>
        </TableRow>
      ))}
    </div>
  );
}

/** The empty state: the batch has no items, or none match the filters. */
export function NoItems({ items, running }: { items: ItemFilters; running: boolean }) {
  const state = items.status.length > 0 ? `No ${items.status[0]} items` : 'No items';
  const what = items.warned ? `${state} with warnings` : state;
  return (
    <EmptyState
      title={items.q ? `${what} match “${items.q}”` : what}
      actions={
        items.status.length > 0 || items.q || items.warned ? <Button onClick={items.clear}>Clear filters</Button> : null
      }
    >
      {running && items.status.length > 0
        ? 'Items appear here as they reach this state.'
        : 'Names, inputs and errors were searched; #12 finds an item by its place.'}
    </EmptyState>
  );
}

interface ItemsFootProps {
  rows: number;
  more: boolean;
  problem: string | null;
  filtered: boolean;
  total: number;
}

/** How many rows are loaded, and whether they are up to date. */
export function ItemsFoot({ rows, more, problem, filtered, total }: ItemsFootProps) {
  const all = filtered ? '' : ` of ${formatNumber(total)}`;
  return (
    <p className="flex min-h-8 items-center gap-3 border-t px-3 text-2xs text-muted max-md:flex-wrap">
      <span>
        {formatNumber(rows)}
        {all} loaded{more ? ', more as you scroll' : ''}
      </span>
      {problem ? (
        <span role="status" className="text-status-partial">
          Rows may be out of date: {problem}
        </span>
      ) : null}
      <span className="ml-auto max-md:hidden">
        ↑ ↓ move, Enter opens, x selects, Shift for a range, ? shows all keys
      </span>
    </p>
  );
}
