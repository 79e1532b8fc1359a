import type { ImportIssueDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { mappedRows } from './items';
import { findImport, type ImportRow, type IssueRow } from './rows';

/** Rows that don't fit, by row number; the first 10,000 are kept. @throws DomainError `not-found` */
export async function listIssues(
  context: Context,
  id: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ issues: ImportIssueDto[]; nextCursor: string | null }> {
  await findImport(pool(), context, id);
  const after = /^\d+$/.test(cursor ?? '') ? Number(cursor) : 0;
  const rows = await page(id, after, limit + 1);
  const issues = rows.slice(0, limit);
  return { issues, nextCursor: rows.length > limit ? String(issues.at(-1)?.row) : null };
}

/**
 * The same for a download: the import, and all of its bad rows a page at a time. Where more are bad than are kept, the
 * table is read once more.
 * @throws DomainError `not-found`
 */
export async function streamIssues(
  context: Context,
  id: string,
): Promise<{ row: ImportRow; pages: AsyncGenerator<IssueRow[]> }> {
  const row = await findImport(pool(), context, id);
  const { rows } = await pool().query<{ kept: number }>(
    'select count(*)::int as kept from import_issue where import_id = $1',
    [id],
  );
  const isChecked = row.status === 'checked' || row.status === 'launching' || row.status === 'launched';
  return { row, pages: isChecked && (rows[0]?.kept ?? 0) < row.bad ? readAgain(context, row) : pages(id) };
}

const PAGE = 500;

async function* readAgain(context: Context, row: ImportRow): AsyncGenerator<IssueRow[]> {
  let page: IssueRow[] = [];
  for await (const { source, made } of mappedRows(context, row)) {
    if ('data' in made) continue;
    page.push({ row: source.row, problems: made.problems, cells: 'cells' in source ? source.cells : null });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* pages(id: string): AsyncGenerator<IssueRow[]> {
  for (let after = 0; ; ) {
    const rows = await page(id, after, PAGE);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.row ?? after;
  }
}

async function page(id: string, after: number, limit: number): Promise<IssueRow[]> {
  const { rows } = await pool().query<IssueRow>(
    'select row, problems, cells from import_issue where import_id = $1 and row > $2 order by row limit $3',
    [id, after, limit],
  );
  return rows;
}
