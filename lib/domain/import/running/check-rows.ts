import { env } from '@/lib/config/env';
import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import type { ImportProblem } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import type { ImportFindings, ImportRow } from '@/lib/domain/import/import-row';
import { mappedRows } from '@/lib/domain/import/mapped-rows';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import type { Cells, SourceRow } from '@/lib/domain/import/reading/source-row';
import { LeftOutTally } from '@/lib/tabular/left-out';
import { CallTally } from './call-tally';
import type { WorkControl } from './import-work';

interface Tally {
  rows: number;
  good: number;
  bad: number;
  bytes: number;
}

interface Issue {
  row: number;
  problems: ImportProblem[];
  cells: Cells | null;
}

const REPORT_MS = 400;
const REPORT_ISSUES = 200;
/** How many rows are processed before yielding: a file in memory would otherwise block the event loop. */
const YIELD_ROWS = 500;
/** A larger row, in characters, is not stored for correction. */
const CELLS_CHARACTERS = 64 * 1024;

/** Validates every row and reports progress a few times a second. Only the first 10,000 bad rows are stored. */
export async function checkRows(
  context: Context,
  row: ImportRow,
  { signal, progress }: WorkControl,
): Promise<{ outcome: 'done' | 'void'; rows: number }> {
  const tally: Tally = { rows: 0, good: 0, bad: 0, bytes: 0 };
  const limit = env().MAX_BATCH_ITEMS;
  let issues: Issue[] = [];
  let reportedAt = Date.now();
  await deleteIssues(row);
  const onBytes = (count: number) => {
    tally.bytes += count;
  };
  const left = new LeftOutTally();
  const calls = new CallTally(row.type);
  for await (const { source, made } of mappedRows(context, row, { onBytes, left })) {
    tally.rows += 1;
    if ('data' in made) {
      tally.good += 1;
      calls.add(made.data);
    } else {
      tally.bad += 1;
      if (tally.bad <= IMPORT_LIMITS.issues) {
        issues.push({ row: source.row, problems: made.problems, cells: storedCells(source) });
      }
    }
    if (tally.good > limit) throw tooMany(limit);
    if (tally.rows % YIELD_ROWS === 0) {
      signal.throwIfAborted();
      await new Promise(setImmediate);
    }
    if (issues.length < REPORT_ISSUES && (tally.rows % YIELD_ROWS !== 0 || Date.now() - reportedAt < REPORT_MS))
      continue;
    if (!(await report(row, tally, issues, 'checking'))) return { outcome: 'void', rows: tally.rows };
    issues = [];
    reportedAt = Date.now();
    progress(tally.bytes, row.bytes_total, `${tally.rows.toLocaleString('en-US')} rows`);
  }
  if (tally.rows === 0) throw new ReadingError('no-rows', 'The file holds no rows.');
  const done = await report(row, { ...tally, bytes: row.bytes_total }, issues, 'checked', {
    left: left.aboutRows(),
    calls: calls.calls,
  });
  return { outcome: done ? 'done' : 'void', rows: tally.rows };
}

/** Deletes the issues of an earlier attempt. */
async function deleteIssues(row: ImportRow): Promise<void> {
  await pool().query(
    sql`delete from import_issue where import_id = ${row.id} and exists (select from import where id = ${row.id} and revision = ${row.revision})`,
  );
}

const tooMany = (limit: number) =>
  new ReadingError(
    'too-many-rows',
    `There are more than ${limit.toLocaleString('en-US')} good rows, the most a batch may have (MAX_BATCH_ITEMS). Split the file.`,
  );

/** Stores counts and issues in one transaction, so that a screen shows both together. @returns false for stale work */
function report(
  row: ImportRow,
  tally: Tally,
  issues: Issue[],
  status: 'checking' | 'checked',
  found: Pick<ImportFindings, 'left' | 'calls'> = {},
): Promise<boolean> {
  return transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`update import set rows = ${tally.rows}, good = ${tally.good}, bad = ${tally.bad}, bytes_read = ${tally.bytes}, status = ${status}, detected = ${JSON.stringify(row.detected && { ...row.detected, left: [], ...found })},
         updated_at = now()
       where id = ${row.id} and revision = ${row.revision} and status = 'checking'`,
    );
    if (!rowCount) return false;
    if (issues.length > 0) {
      await db.query(
        sql`insert into import_issue (import_id, row, problems, cells)
         select ${row.id}, row, problems::json, cells::json from unnest(${issues.map((issue) => issue.row)}::int[], ${issues.map((issue) => stringifyJson(issue.problems))}::text[], ${issues.map((issue) => issue.cells && stringifyJson(issue.cells))}::text[]) as i(row, problems, cells)
         on conflict do nothing`,
      );
    }
    return true;
  });
}

const storedCells = (source: SourceRow): Cells | null => {
  const cells = 'cells' in source ? source.cells : source.found;
  return cells ? bounded(cells) : null;
};

/** Returns cells that can be corrected, or null if the row is too large to store. */
function bounded(cells: Cells): Cells | null {
  let size = 0;
  for (const cell of Object.values(cells)) size += typeof cell === 'string' ? cell.length : 20;
  if (size > CELLS_CHARACTERS) return null;
  const clean: Cells = {};
  for (const [column, cell] of Object.entries(cells)) {
    const value = typeof cell === 'string' ? cell.replaceAll('\u0000', '\ufffd') : cell;
    Object.defineProperty(clean, column, { value, enumerable: true });
  }
  return clean;
}
