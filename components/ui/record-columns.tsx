import type { CSSProperties, ReactNode } from 'react';
import { cn } from './cn';
import { RowSkeletons } from './record-row';
import { TableCell, TableHead } from './table';

/** A column of a list of records. */
export interface RecordColumn<Row> {
  /** as in the address and in saved views */
  id: string;
  title: string;
  /** its track of the grid where columns were chosen, and the least width of it in pixels */
  track: string;
  least: number;
  right?: boolean;
  /** every row has it */
  isFixed?: boolean;
  /** shown only if it was chosen */
  isExtra?: boolean;
  /** where there is no room for it unless it was chosen: `@max-3xl:hidden` */
  hide?: string;
  /** its place and look on a phone, where nothing is chosen */
  phone?: string;
  look?: string;
  /** classes of the line that stands for it while rows are read */
  line: string;
  cell: (row: Row) => ReactNode;
  /** what the pointer shows */
  hint?: (row: Row) => string;
}

export type ChosenColumns = readonly string[] | null;

/** Returns the columns to show: those that were chosen, in their order, or those of the list itself for null. */
export function columnsOf<Row>(
  columns: readonly RecordColumn<Row>[],
  chosen: ChosenColumns,
): readonly RecordColumn<Row>[] {
  if (chosen === null) return columns.filter(({ isExtra }) => !isExtra);
  const wanted = chosen.flatMap((id) => columns.filter((each) => each.id === id && !each.isFixed));
  return [...columns.filter(({ isFixed }) => isFixed), ...new Set(wanted)];
}

const GAP = 12;
/** The padding of a row, with the place of its checkbox. */
const PADDING = 48;

/** The grid of chosen columns; it scrolls sideways rather than squeeze them. Null: that of the list itself. */
export function gridOf<Row>(columns: readonly RecordColumn<Row>[], chosen: ChosenColumns): CSSProperties | null {
  if (chosen === null) return null;
  const shown = columnsOf(columns, chosen);
  return {
    '--columns': shown.map(({ track }) => track).join(' '),
    minWidth: shown.reduce((sum, { least }) => sum + least + GAP, PADDING),
  } as CSSProperties;
}

interface CellsProps<Row> {
  columns: readonly RecordColumn<Row>[];
  chosen: ChosenColumns;
}

/** The heads of the shown columns. */
export function HeadCells<Row>({ columns, chosen }: CellsProps<Row>) {
  return columnsOf(columns, chosen).map(({ id, title, right = false, hide }) => (
    <TableHead key={id} right={right} className={cn(chosen === null && hide)}>
      {title}
    </TableHead>
  ));
}

/** The cells of a row. */
export function RecordCells<Row>({ columns, chosen, row }: CellsProps<Row> & { row: Row }) {
  return columnsOf(columns, chosen).map(({ id, right = false, hide, phone, look, cell, hint }) => (
    <TableCell
      key={id}
      right={right}
      title={hint?.(row)}
      className={cn(look, chosen === null && hide, chosen === null && phone)}
    >
      {cell(row)}
    </TableCell>
  ));
}

/** Placeholders for rows that are loading, with the final sizes. */
export function RecordSkeletons<Row>({ columns, chosen, count }: CellsProps<Row> & { count: number }) {
  const cells = columnsOf(columns, chosen).map(
    ({ hide, phone, line }) => [chosen === null ? cn(hide, phone) : '', line] as const,
  );
  return <RowSkeletons count={count} cells={cells} />;
}
