import type { ImportIssueDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
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

/** The same for a download: the import, and its bad rows a page at a time. @throws DomainError `not-found` */
export async function streamIssues(
  context: Context,
  id: string,
): Promise<{ row: ImportRow; pages: AsyncGenerator<IssueRow[]> }> {
  return { row: await findImport(pool(), context, id), pages: pages(id) };
}

const PAGE = 500;

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
