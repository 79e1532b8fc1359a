import Link from 'next/link';
import { formatNumber } from './format';
import { Skeleton } from './skeleton';
import { TableCell, TableRow } from './table';
import { TruncateMiddle } from './truncate-middle';

/** A record's name; it leads to the record's page from wherever the row is clicked. */
export function RecordName({ href, name }: { href: string; name: string }) {
  return (
    <Link href={href} aria-label={name} className="after:absolute after:inset-0">
      <TruncateMiddle text={name} least={28} />
    </Link>
  );
}

/** How many failed: loud only where there are any. */
export function FailedCount({ value }: { value: number }) {
  return <span className={value > 0 ? 'text-status-failed' : 'text-faint'}>{formatNumber(value)}</span>;
}

interface RowSkeletonsProps {
  count: number;
  /** of each cell, its own classes and those of the line in it */
  cells: readonly (readonly [cell: string, line: string])[];
}

/** Rows that are still coming, in their final geometry. */
export function RowSkeletons({ count, cells }: RowSkeletonsProps) {
  return Array.from({ length: count }, (_, row) => (
    <TableRow key={row} aria-hidden="true" className="max-sm:h-14">
      {cells.map(([cell, line], column) => (
        <TableCell key={column} className={cell}>
          <Skeleton className={line} />
        </TableCell>
      ))}
    </TableRow>
  ));
}
