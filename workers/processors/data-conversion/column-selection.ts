import { cellOf } from '@/lib/contracts/cell';
import type { Values } from '@/lib/tabular/row';
import type { Column } from '@/lib/tabular/write-options';
import { PermanentError } from '@/workers/runtime/processor';
import { convertCell, unfitForParquet } from './convert-cell';

/** An output column and its source column. */
export type SelectedColumn = Column & { from: string };

/** The selected columns, and which of them were found in a row so far. */
export class ColumnSelection {
  readonly #missing: Set<SelectedColumn>;
  #firstRow: string[] | undefined;

  /**
   * @param options.byPath whether a missing name is read as a path into nested values: for columns that a user selected
   */
  constructor(
    readonly wanted: readonly SelectedColumn[],
    readonly options: { byPath: boolean; parquet: boolean },
  ) {
    this.#missing = new Set(wanted);
  }

  /** Returns the selected cells with their new names and types, or the first error. */
  pick(row: Values): { values: Values } | { issue: string } {
    this.#firstRow ??= Object.keys(row);
    const values: [string, unknown][] = [];
    for (const column of this.wanted) {
      const value = this.options.byPath || Object.hasOwn(row, column.from) ? cellOf(row, column.from) : undefined;
      if (value !== undefined && this.#missing.size > 0) this.#missing.delete(column);
      const converted = column.type ? convertCell(value, column.type) : { value: value ?? null };
      const unfit =
        this.options.parquet && column.type && 'value' in converted && unfitForParquet(converted.value, column.type);
      if (unfit) return { issue: `${column.from.slice(0, 100)}: ${unfit}` };
      if ('wrong' in converted) return { issue: `${column.from.slice(0, 100)}: ${converted.wrong}` };
      values.push([column.name, converted.value]);
    }
    return { values: Object.fromEntries(values) };
  }

  /**
   * Reports, after the last row, the columns that no row had. A file without a header shows this only at its end.
   * @throws PermanentError `no-such-column` when no row had any of them
   */
  absent(): string | undefined {
    if (this.#firstRow === undefined || this.#missing.size === 0) return undefined;
    const names = [...this.#missing].slice(0, 20).map(({ from }) => `“${from.slice(0, 100)}”`);
    const remark = `No row has ${names.join(', ')}. The first row has ${listed(this.#firstRow)}.`;
    if (this.#missing.size === this.wanted.length) throw new PermanentError(remark, 'no-such-column');
    return remark;
  }
}

/** Checks the columns before the first row if a header names them. @throws PermanentError `no-such-column` */
export function requireAll(wanted: readonly SelectedColumn[], known: readonly string[]): void {
  const missing = wanted.find(({ from }) => !known.includes(from));
  if (!missing) return;
  throw new PermanentError(
    `There is no column “${missing.from.slice(0, 100)}”; there are ${listed(known)}.`,
    'no-such-column',
  );
}

const listed = (names: readonly string[]): string => names.slice(0, 20).join(', ').slice(0, 500);
