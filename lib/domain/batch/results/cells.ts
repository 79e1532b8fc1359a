import { cellText } from '@/lib/contracts/cell';
import type { JobWarning } from '@/lib/contracts/job';
import { cutCell } from '@/lib/tabular/cut-cell';
import { guardCell } from '@/lib/tabular/formula-guard';

/** Columns that are about an item and not of it. An underscore keeps them apart from fields. */
export const META = {
  row: '_row',
  job: '_job',
  status: '_status',
  code: '_code',
  reason: '_reason',
  error: '_error',
  warnings: '_warnings',
  /** row of the table that an item was imported from */
  tableRow: '_table_row',
} as const;
const RESERVED = new Set<string>([...Object.values(META), 'input', 'result']);

/** The column of an input field. */
export const columnOf = (field: string): string =>
  RESERVED.has(field) || field.startsWith('input.') || field.startsWith('result.') ? `input.${field}` : field;

/** The column of items that are no objects with fields. */
export const WHOLE = 'input';

const lineEnds = (text: string): string => text.replace(/\r\n?/g, '\n').trim();

/** Whether a cell still says what was written for a value; spreadsheets change line ends, and XLSX cuts long text. */
export function saysSame(cell: string, value: unknown): boolean {
  const written = cellText(value);
  const [here, ...same] = [cell, written, guardCell(written), `'${written}`, cutCell(written)].map(lineEnds);
  // Files of earlier versions were cut without a mark, and guarded numbers too.
  return same.some((text) => text === here) || (cell.length === 32_767 && written.startsWith(cell));
}

/** Warnings in one cell; nothing where there are none. */
export const warningsCell = (warnings: readonly JobWarning[] | null): string | undefined =>
  warnings?.map(({ code, message }) => `${code}: ${message}`).join('; ');
