import type { BatchDto } from '@/lib/contracts/batch';
import { isFields, stringifyJson } from '@/lib/contracts/json';
import { META, remarkColumns, WHOLE } from '@/lib/domain/batch/results/cells';
import { presentFields, resultColumns } from '@/lib/domain/batch/results/result-columns';
import type { ResultRow } from '@/lib/domain/batch/stream-results';
import type { Context } from '@/lib/domain/context';
import { findTable } from '@/lib/domain/import/table/find-table';
import { streamTableRows } from '@/lib/domain/import/table/stream-table-rows';
import { inBlocks } from '@/lib/tabular/blocks';
import type { Values } from '@/lib/tabular/row';

/** The rows of a page with the cells of the imported table. */
type Brought = AsyncGenerator<{ item: ResultRow; cells: Values }[]>;

/**
 * Returns the outcomes of a batch as its imported table: the original columns (or the fields of the items without an
 * import), then the columns of the results, then status and error. A duplicate name gets the prefix `result.`.
 */
export async function broughtTable(
  context: Context,
  batch: BatchDto,
  pages: AsyncGenerator<ResultRow[]>,
): Promise<{ columns: string[]; rows: AsyncGenerator<Values> }> {
  const { id } = batch;
  const remarks = remarkColumns(batch);
  const jobType = batch.type as Parameters<typeof resultColumns>[1];
  const table = await findTable(context, id);
  const isKept = !('missing' in table);
  const fields = isKept ? table.columns : await presentFields(id, jobType);
  const given = fields.length === 0 ? [WHOLE] : fields;
  const names = new Names();
  const own = given.map((field) => ({ field, name: names.give(field, 'table') }));
  const results = await resultColumns(id, jobType);
  const added = results.map((column) => ({ column, name: names.give(column.name, 'result') }));
  const tail = [META.status, META.error, ...remarks.map(({ name }) => name)];
  const brought: Brought = isKept
    ? streamTableRows(context, table, pages, ({ index }) => index + 1)
    : fieldsOf(pages, fields.length > 0);
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of brought) {
      for (const { item, cells } of page) {
        yield Object.fromEntries([
          ...own.map(({ field, name }) => [name, Object.hasOwn(cells, field) ? cells[field] : null]),
          ...added.map(({ column, name }) => [name, column.valueOf(item.result) ?? null]),
          [META.status, item.status],
          [META.error, item.error?.message ?? null],
          ...remarks.map(({ name, cell }) => [name, cell(item) ?? null]),
        ]);
      }
    }
  }
  return { columns: [...own, ...added].map(({ name }) => name).concat(tail), rows: rows() };
}

async function* fieldsOf(pages: AsyncGenerator<ResultRow[]>, areFields: boolean): Brought {
  for await (const page of pages) {
    yield page.map((item) => {
      const { input } = item;
      return { item, cells: areFields && isFields(input) ? input : { [WHOLE]: input } };
    });
  }
}

/** Makes column names unique. Our own names are reserved. */
class Names {
  readonly #taken = new Set<string>([META.status, META.error, META.warnings, META.tokens, META.usd]);

  give(wanted: string, of: 'table' | 'result'): string {
    let name = wanted;
    for (let n = 1; this.#taken.has(name); n++) name = n === 1 ? `${of}.${wanted}` : `${of}.${wanted}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

/** Returns one line of JSON per row of a table. */
export const tableLines = (rows: AsyncGenerator<Values>): AsyncGenerator<Uint8Array> => inBlocks(lines(rows));

async function* lines(rows: AsyncGenerator<Values>): AsyncGenerator<string> {
  for await (const row of rows) yield `${stringifyJson(row)}\n`;
}
