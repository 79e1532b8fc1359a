import type { BatchDto } from '@/lib/contracts/batch';
import { cellText } from '@/lib/contracts/cell';
import type { JobWarning } from '@/lib/contracts/job';
import type { OutcomeRow } from '@/lib/domain/batch/stream-results';
import { cutCell, guardCell } from '@/lib/tabular/cell-guards';

/** Columns with metadata of an item. The underscore distinguishes them from its fields. */
export const META = {
  row: '_row',
  job: '_job',
  batch: '_batch',
  type: '_type',
  status: '_status',
  code: '_code',
  reason: '_reason',
  error: '_error',
  warnings: '_warnings',
  tokens: '_tokens',
  usd: '_usd',
  /** row of the table that an item was imported from */
  tableRow: '_table_row',
} as const;
const RESERVED = new Set<string>([...Object.values(META), 'input', 'result']);

/** Returns the column of an input field. */
export const columnOf = (field: string): string =>
  RESERVED.has(field) || field.startsWith('input.') || field.startsWith('result.') ? `input.${field}` : field;

/** The column for items that are no objects. */
export const WHOLE = 'input';

const lineEnds = (text: string): string => text.replace(/\r\n?/g, '\n').trim();

/** Returns whether a cell is unchanged since the export. Spreadsheets change line ends, and XLSX cuts long text. */
export function saysSame(cell: string, value: unknown): boolean {
  const written = cellText(value);
  const [here, ...same] = [cell, written, guardCell(written), `'${written}`, cutCell(written)].map(lineEnds);
  // Earlier versions cut text without a mark, and also guarded numbers.
  return same.some((text) => text === here) || (cell.length === 32_767 && written.startsWith(cell));
}

/** A column of remarks about an outcome. */
export interface RemarkColumn {
  name: string;
  cell: (row: OutcomeRow) => unknown;
}

const REMARKS: { [Name in 'warnings' | 'tokens' | 'usd']: RemarkColumn } = {
  warnings: { name: META.warnings, cell: ({ warnings }) => warningsCell(warnings) },
  tokens: { name: META.tokens, cell: ({ tokens }) => tokens },
  usd: { name: META.usd, cell: ({ usd }) => usd },
};

/** Returns the columns for warnings and costs that a batch has: only those of which there are any. */
export const remarkColumns = ({ warned, costs }: Pick<BatchDto, 'warned' | 'costs'>): RemarkColumn[] => [
  ...(warned > 0 ? [REMARKS.warnings] : []),
  ...(costs.tokens === undefined ? [] : [REMARKS.tokens]),
  ...(costs.usd === undefined ? [] : [REMARKS.usd]),
];

/** Joins warnings in one cell. Returns undefined if there are none. */
const warningsCell = (warnings: readonly JobWarning[] | null): string | undefined =>
  warnings?.map(({ code, message }) => `${code}: ${message}`).join('; ');
