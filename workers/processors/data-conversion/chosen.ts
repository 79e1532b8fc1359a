import { cellOf } from '@/lib/contracts/cell';
import type { Values } from '@/lib/tabular/row';
import type { Column } from '@/lib/tabular/write-rows';
import { PermanentError } from '@/workers/runtime/processor';
import { convertCell, unfitForParquet } from './convert-cell';

/** A column of the output, and where it comes from. */
export type Wanted = Column & { from: string };

/** The columns that a job chose, and which of them were found in a row so far. */
export class Chosen {
  readonly #missing: Set<Wanted>;
  #firstRow: string[] | undefined;

  /** @param byPath whether names that a row lacks are paths into it: what a person chose, not what rows were found to have */
  constructor(
    readonly wanted: readonly Wanted[],
    readonly byPath: boolean,
    readonly parquet: boolean,
  ) {
    this.#missing = new Set(wanted);
  }

  /** The chosen cells of a row under their new names and types, or what is wrong with one of them. */
  pick(row: Values): { values: Values } | { issue: string } {
    this.#firstRow ??= Object.keys(row);
    const values: [string, unknown][] = [];
    for (const column of this.wanted) {
      const value = this.byPath || Object.hasOwn(row, column.from) ? cellOf(row, column.from) : undefined;
      if (value !== undefined && this.#missing.size > 0) this.#missing.delete(column);
      const converted = column.type ? convertCell(value, column.type) : { value: value ?? null };
      const unfit =
        this.parquet && column.type && 'value' in converted && unfitForParquet(converted.value, column.type);
      if (unfit) return { issue: `${column.from.slice(0, 100)}: ${unfit}` };
      if ('wrong' in converted) return { issue: `${column.from.slice(0, 100)}: ${converted.wrong}` };
      values.push([column.name, converted.value]);
    }
    return { values: Object.fromEntries(values) };
  }

  /**
   * After the last row: which columns no row had. A file without a header can't tell sooner.
   * @throws PermanentError `no-such-column` when there was none of them at all
   */
  absent(): string | undefined {
    if (this.#firstRow === undefined || this.#missing.size === 0) return undefined;
    const names = [...this.#missing].slice(0, 20).map(({ from }) => `“${from.slice(0, 100)}”`);
    const remark = `No row has ${names.join(', ')}. The first row has ${listed(this.#firstRow)}.`;
    if (this.#missing.size === this.wanted.length) throw new PermanentError(remark, 'no-such-column');
    return remark;
  }
}

/** Before the first row, where a header names the columns. @throws PermanentError `no-such-column` */
export function requireAll(wanted: readonly Wanted[], known: readonly string[]): void {
  const missing = wanted.find(({ from }) => !known.includes(from));
  if (!missing) return;
  throw new PermanentError(
    `There is no column “${missing.from.slice(0, 100)}”; there are ${listed(known)}.`,
    'no-such-column',
  );
}

const listed = (names: readonly string[]): string => names.slice(0, 20).join(', ').slice(0, 500);
