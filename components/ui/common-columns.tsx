import { formatNumber } from './format';
import type { RecordColumn } from './record-columns';
import { MaybeTime } from './record-row';
import { Time } from './time';

// Columns that lists of batches, jobs and flows share. `of` returns the record of a row.

/** Who launched it. */
export const byColumn = <Row,>(of: (row: Row) => { createdBy: string | null }): RecordColumn<Row> => ({
  id: 'by',
  title: 'Launched by',
  track: 'minmax(100px,0.5fr)',
  least: 100,
  isExtra: true,
  look: 'text-muted',
  line: 'w-16',
  cell: (row) => of(row).createdBy ?? '–',
  hint: (row) => of(row).createdBy ?? '',
});

export const priorityColumn = <Row,>(of: (row: Row) => { priority: number }): RecordColumn<Row> => ({
  id: 'priority',
  title: 'Priority',
  track: '60px',
  least: 60,
  right: true,
  isExtra: true,
  look: 'text-muted',
  line: 'ml-auto w-6',
  cell: (row) => formatNumber(of(row).priority),
});

const extraTime = { track: '90px', least: 90, right: true, isExtra: true, look: 'text-muted', line: 'ml-auto w-14' };

export const startedColumn = <Row,>(of: (row: Row) => { startedAt: string | null }): RecordColumn<Row> => ({
  id: 'started',
  title: 'Started',
  ...extraTime,
  cell: (row) => <MaybeTime at={of(row).startedAt} />,
});

export const finishedColumn = <Row,>(of: (row: Row) => { finishedAt: string | null }): RecordColumn<Row> => ({
  id: 'finished',
  title: 'Finished',
  ...extraTime,
  cell: (row) => <MaybeTime at={of(row).finishedAt} />,
});

export const createdColumn = <Row,>(of: (row: Row) => { createdAt: string }): RecordColumn<Row> => ({
  id: 'created',
  title: 'Created',
  track: '80px',
  least: 80,
  right: true,
  look: 'text-muted',
  phone: 'max-sm:order-4 max-sm:text-xs',
  line: 'ml-auto w-14',
  cell: (row) => <Time at={of(row).createdAt} className="relative" />,
});
