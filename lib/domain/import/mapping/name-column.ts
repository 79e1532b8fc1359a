import { cellOf } from '@/lib/contracts/cell';
import type { Inspection } from '@/lib/domain/import/inspect-files';
import { valueAsName } from '@/lib/domain/job/item-name';

/** A longer name is a text, such as a description. */
const SHORT = 80;
/** What tells rows apart without saying what they are: only taken if no other column is unique. */
const OPAQUE = /^[\d\s.,:/+-]*$|^[0-9a-f-]{20,}$|@/i;
/** Never a name: addresses and JSON. */
const LONG = /^[a-z][a-z0-9+.-]*:\/\/|^[[{]/i;

/**
 * Returns the column that names the items at first: `kept` if the table has it, else the first one whose values in the preview
 * are short, not empty and all different. Columns of words come before numbers, ids and mail addresses. Null: there is none.
 */
export function nameColumn(
  { columns, preview }: Pick<Inspection, 'columns' | 'preview'>,
  kept: string | null = null,
): string | null {
  if (kept !== null && columns.includes(kept)) return kept;
  const unique = columns
    .map((column) => ({ column, values: preview.map((cells) => valueAsName(cellOf(cells, column)) ?? '') }))
    .filter(({ values }) => new Set(values).size === values.length && values.every(isShort));
  const worded = unique.find(({ values }) => !values.some((value) => OPAQUE.test(value)));
  return (worded ?? unique[0])?.column ?? null;
}

const isShort = (value: string): boolean => value !== '' && value.length <= SHORT && !LONG.test(value);
