import type { ImportIssueDto } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import { issueAt } from './cells-at-door';
import { findImport, type ImportRow, type IssueRow } from './import-row';
import { mappedRows } from './mapped-rows';
import { shownCells } from './reading/source-row';

/** Returns bad rows by row number; the first 10,000 are stored. @throws DomainError `not-found` */
export async function listIssues(
  context: Context,
  id: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ issues: ImportIssueDto[]; nextCursor: string | null }> {
  requirePermission(context, 'import.see');
  requirePayloads(context, 'import tables');
  const { mapping } = await findImport(pool(), context, id);
  const door = await openDoor(context);
  const after = /^\d+$/.test(cursor ?? '') ? Number(cursor) : 0;
  const rows = await page(id, after, limit + 1);
  const issues = rows
    .slice(0, limit)
    .map((issue) => issueAt(door, mapping, { ...issue, cells: shownCells(issue.cells) }));
  return { issues, nextCursor: rows.length > limit ? String(issues.at(-1)?.row) : null };
}

/**
 * Does the same for a download: returns the import and pages of all bad rows. If more rows are bad than are stored, it
 * reads the table again. The columns are those of the table, and those of rows that are longer than the header.
 * @throws DomainError `not-found`
 */
export async function streamIssues(
  context: Context,
  id: string,
): Promise<{ row: ImportRow; columns: string[]; pages: AsyncGenerator<IssueRow[]> }> {
  requirePermission(context, 'import.see');
  requirePayloads(context, 'import tables');
  const row = await findImport(pool(), context, id);
  const { rows } = await pool().query<{ kept: number }>(
    sql`select count(*)::int as kept from import_issue where import_id = ${id}`,
  );
  const isChecked = row.status === 'checked' || row.status === 'launching' || row.status === 'launched';
  const again = isChecked && must(rows[0], 'The count of stored bad rows').kept < row.bad;
  const columns = again ? await columnsIn(row, readAgain(context, row)) : await columnsIn(row, pages(id));
  return { row, columns, pages: atDoor(await openDoor(context), row, again ? readAgain(context, row) : pages(id)) };
}

async function* atDoor(
  door: Door,
  { mapping }: ImportRow,
  found: AsyncGenerator<IssueRow[]>,
): AsyncGenerator<IssueRow[]> {
  for await (const page of found) yield page.map((issue) => issueAt(door, mapping, issue));
}

/**
 * Returns the columns of a table and of longer rows. JSON rows have individual keys, so the import's columns are used.
 */
async function columnsIn({ columns, reading }: ImportRow, pages: AsyncGenerator<IssueRow[]>): Promise<string[]> {
  if (reading?.format !== 'csv' && reading?.format !== 'xlsx') return columns;
  const all = new Set(columns);
  for await (const page of pages) {
    for (const { cells } of page) for (const column of Object.keys(cells ?? {})) all.add(column);
  }
  return [...all];
}

const PAGE = 500;

async function* readAgain(context: Context, row: ImportRow): AsyncGenerator<IssueRow[]> {
  let page: IssueRow[] = [];
  for await (const { source, made } of mappedRows(context, row)) {
    if ('data' in made) continue;
    page.push({
      row: source.row,
      problems: made.problems,
      cells: shownCells(('cells' in source ? source.cells : source.found) ?? null),
    });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* pages(id: string): AsyncGenerator<IssueRow[]> {
  for (let after = 0; ; ) {
    const rows = await page(id, after, PAGE);
    if (rows.length > 0) yield rows.map((row) => ({ ...row, cells: shownCells(row.cells) }));
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.row ?? after;
  }
}

async function page(id: string, after: number, limit: number): Promise<IssueRow[]> {
  const { rows } = await pool().query<IssueRow>(
    sql`select row, problems, cells from import_issue where import_id = ${id} and row > ${after} order by row limit ${limit}`,
  );
  return rows;
}
