import { formatNumber } from './format';
import { Link } from './link';
import { Skeleton } from './skeleton';
import { TableCell, TableRow } from './table';
import { Time } from './time';
import { TruncateMiddle } from './truncate-middle';

/** A record's name. The link covers the whole row. */
export function RecordName({ href, name }: { href: string; name: string }) {
  return (
    <Link href={href} aria-label={name} className="after:absolute after:inset-0">
      <TruncateMiddle text={name} least={28} />
    </Link>
  );
}

/** A moment that may not have come yet. */
export function MaybeTime({ at }: { at: string | null }) {
  return at ? <Time at={at} className="relative" /> : <span className="text-faint">–</span>;
}

/** The number of failures; emphasized if it is above zero. */
export function FailedCount({ value }: { value: number }) {
  return <span className={value > 0 ? 'text-status-failed' : 'text-faint'}>{formatNumber(value)}</span>;
}

interface RowSkeletonsProps {
  count: number;
  /** class names of each cell and of the placeholder line in it */
  cells: readonly (readonly [cell: string, line: string])[];
}

/** Placeholders for rows that are loading, with the final sizes. */
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
