import type { CorrectionsResult } from '@/lib/contracts/correction';
import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { type Correction, correctBatch } from '@/lib/domain/batch/corrections/correct-batch';
import { META, WHOLE } from '@/lib/domain/batch/results/cells';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { CellError, columnOf, draftMaker, holdsNul } from '@/lib/domain/import/mapping/to-item';
import { openDoor } from '@/lib/domain/redaction/door';
import { holdsRedacted } from '@/lib/domain/redaction/restore';
import { applyChange, changedCells } from './changed-cells';
import { findTable, type UploadedTable } from './find-table';
import { type ItemRow, itemRows, keepEdits, laterEdits, skipTo } from './item-rows';
import { namesInFile } from './own-columns';
import { isOfTable, type Staged, StagedCorrections, type TableCorrection } from './stage-corrections';

/**
 * Applies a corrected errors file. If it has the columns of the imported table, each corrected row is mapped again, as
 * at the launch.
 * @throws DomainError as `correctBatch`; `not-ready` when that table was deleted
 */
export async function takeCorrections(
  context: Context,
  batchId: string,
  { corrections, dry }: { corrections: AsyncIterable<Correction | TableCorrection>; dry: boolean },
): Promise<CorrectionsResult> {
  requirePermission(context, 'batch.edit', 'correct a batch');
  const door = await openDoor(context);
  const { first, all } = await peek(door.level === 'redacted' ? withoutRedacted(corrections) : corrections);
  if (!first || !isOfTable(first)) return correctBatch(context, batchId, { corrections: withoutTable(all), dry });
  const table = await findTable(context, batchId);
  if ('missing' in table) {
    throw new DomainError(
      'not-ready',
      table.missing === 'not-kept'
        ? 'The table that this batch was imported from is not kept any more, so its columns can’t be mapped again. Take a new errors file: it has the fields of the items.'
        : `This batch was not imported from a table, and the file has rows of one (${META.tableRow}). Is it the errors file of another batch?`,
    );
  }
  return correctBatch(context, batchId, { corrections: (tx) => revised(tx, context, table, all, dry), dry });
}

type Any = Correction | TableCorrection;

/** Leaves out the cells that are redacted in the file: a column that is not in it keeps its value. */
async function* withoutRedacted(rows: AsyncIterable<Any>): AsyncGenerator<Any> {
  for await (const each of rows) {
    if (!('cells' in each)) yield each;
    else {
      const kept = Object.entries(each.cells).filter(([column, cell]) => column === WHOLE || !holdsRedacted(cell));
      yield { ...each, cells: Object.fromEntries(kept) } as Any;
    }
  }
}

async function peek(rows: AsyncIterable<Any>): Promise<{ first: Any | undefined; all: AsyncGenerator<Any> }> {
  const each = rows[Symbol.asyncIterator]();
  const { done, value } = await each.next();
  const first = done ? undefined : value;
  async function* all(): AsyncGenerator<Any> {
    try {
      if (first) yield first;
      for (let next = await each.next(); !next.done; next = await each.next()) yield next.value;
    } finally {
      await each.return?.();
    }
  }
  return { first, all: all() };
}

async function* withoutTable(rows: AsyncGenerator<Any>): AsyncGenerator<Correction> {
  for await (const each of rows) {
    if (isOfTable(each)) yield { line: each.line, issue: 'has cells of a table, and the rows before it have not' };
    else yield each;
  }
}

/** Yields corrections with their resulting inputs. */
async function* revised(
  tx: Transaction,
  context: Context,
  table: UploadedTable,
  corrections: AsyncGenerator<Any>,
  dry: boolean,
): AsyncGenerator<Correction> {
  // Reading a large table between two corrections leaves the connection idle for a while.
  await tx.db.query(sql`set local idle_in_transaction_session_timeout = '30min'`);
  const staged = await StagedCorrections.open(tx.db);
  for await (const each of corrections) {
    if (!isOfTable(each)) yield each;
    else if (each.tableRow !== null) await staged.add({ ...each, tableRow: each.tableRow });
    else yield added(each);
  }
  const rows = itemRows(context, table);
  let at: ItemRow | null = null;
  const reader = rowReader(table);
  try {
    for await (const page of staged.inOrder()) {
      const edits = await laterEdits(
        table,
        page.map((each) => each.table_row),
        tx.db,
      );
      const changes: { row: number; cells: Record<string, unknown> }[] = [];
      for (const each of page) {
        if (!table.taken.has(each.table_row)) {
          yield { line: each.line, issue: `${META.tableRow} is ${each.table_row}, and no item came from that row` };
          continue;
        }
        if (at?.row !== each.table_row) at = await skipTo(rows, ({ row }) => row === each.table_row);
        if (!at) throw new Error(`The table of ${table.from.id} ends before row ${each.table_row}.`);
        const { correction, cells } = reader(each, at, edits.get(at.row) ?? {});
        if (Object.keys(cells).length > 0) changes.push({ row: at.row, cells: { ...edits.get(at.row), ...cells } });
        yield correction;
      }
      // If a row occurs twice, the whole file is refused later.
      if (!dry) await keepEdits(tx.db, table, [...new Map(changes.map((each) => [each.row, each])).values()]);
    }
  } finally {
    await rows.return(undefined);
  }
}

/** An item that was added later has no row to map, so it runs again unchanged. */
function added({ line, row, jobId, cells }: TableCorrection): Correction {
  if (Object.values(cells).some((cell) => cell !== '' && cell !== null)) {
    return { line, issue: `${META.tableRow} is missing: it says which row of the table the cells are of` };
  }
  return { line, ...(row && { row }), ...(jobId && { jobId }), revise: (input) => input };
}

function rowReader({ from, columns }: UploadedTable) {
  const draft = draftMaker(from.type, from.mapping);
  const drafted = (cells: Record<string, unknown>): unknown => {
    try {
      return draft(cells);
    } catch (error) {
      if (error instanceof CellError) return error;
      throw error;
    }
  };
  const names = namesInFile(columns);
  const explain = (path: string) => columnOf(from.mapping, path);
  return (given: Staged, { place, cells: source }: ItemRow, edits: Record<string, unknown>) => {
    const { line } = given;
    const refuse = (issue: string) => ({ correction: { line, issue } satisfies Correction, cells: {} });
    if (given.row !== null && given.row !== place) {
      return refuse(`${META.row} is ${given.row}, and row ${given.table_row} of the table is item ${place}`);
    }
    const written = { ...source, ...edits };
    const cells = changedCells(written, given, names);
    if (holdsNul(cells)) return refuse('must not contain NUL characters');
    const [before, after] = [drafted(written), drafted({ ...written, ...cells })];
    if (after instanceof CellError) return refuse(after.message);
    const correction: Correction = {
      line,
      row: place,
      ...(given.job_id !== null && { jobId: given.job_id }),
      // The cells before the correction mapped to no valid item, so the complete new item replaces the input.
      revise: (input) => applyChange(input, before instanceof CellError ? {} : before, after),
      columnOf: explain,
    };
    return { correction, cells };
  };
}
