import { stringifyJson } from '@/lib/contracts/json';
import type { ErrorsQuery } from '@/lib/contracts/results';
import { META } from '@/lib/domain/batch/results/cells';
import { type ErrorRow, streamErrors } from '@/lib/domain/batch/results/stream-errors';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import type { IssueRow } from '@/lib/domain/import/import-row';
import { streamIssues } from '@/lib/domain/import/list-issues';
import { findTable } from '@/lib/domain/import/table/find-table';
import { exportedName } from '@/lib/domain/import/table/own-columns';
import type { TableRow } from '@/lib/domain/import/table/stream-table-rows';
import { streamTableRows } from '@/lib/domain/import/table/stream-table-rows';
import type { Values } from '@/lib/tabular/row';
import { download, requireSheet } from './download';
import { errorsLines, errorsTable, table } from './table';

/**
 * Sends the failed items of a batch for correction. For an imported batch it uses the columns of the table while the
 * table is stored; otherwise, or on request, the fields of the items.
 * @throws DomainError `not-found`, `payload-too-large`; `not-ready` for columns of a table that is not stored
 */
export async function sendErrors(context: Context, id: string, query: ErrorsQuery): Promise<Response> {
  const { format } = query;
  // By default, JSONL has the same format for imported and other batches, so that programs can rely on it.
  const columns = query.columns ?? (format === 'jsonl' ? 'fields' : 'table');
  const { name, failed, fields, pages } = await streamErrors(context, id);
  if (format === 'xlsx') requireSheet(failed);
  const file = `${name}-errors.${format}`;
  const brought = columns === 'table' ? await findTable(context, id) : undefined;
  if (brought && 'missing' in brought && query.columns) throw noTable(brought.missing);
  if (!brought || 'missing' in brought) {
    const body = format === 'jsonl' ? errorsLines(pages) : errorsTable(pages, await fields(), format);
    return download(body, format, file, { 'x-errors-columns': 'fields' });
  }
  const rows = streamTableRows(context, brought, pages, ({ row }) => row);
  const body = format === 'jsonl' ? lines(rows) : asTable(rows, brought.columns, format);
  return download(body, format, file, { 'x-errors-columns': 'table' });
}

function asTable(
  pages: AsyncGenerator<TableRow<ErrorRow>[]>,
  columns: readonly string[],
  format: 'csv' | 'xlsx',
): AsyncGenerator<Uint8Array> {
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of pages) {
      for (const { tableRow, cells, item } of page) {
        const { row, jobId, error } = item;
        yield {
          [META.tableRow]: tableRow,
          [META.row]: row,
          [META.job]: jobId,
          [META.reason]: error?.message,
          ...Object.fromEntries(columns.map((column) => [exportedName(column), cells[column]])),
        };
      }
    }
  }
  const ours = [META.tableRow, META.row, META.job, META.reason];
  return table(rows(), [...ours, ...columns.map(exportedName)], format);
}

/** Returns one line of JSON per item. The user may correct `cells`. */
async function* lines(pages: AsyncGenerator<TableRow<ErrorRow>[]>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const line = ({ tableRow, cells, item: { row, jobId, error } }: TableRow<ErrorRow>) =>
    `${stringifyJson({ tableRow, row, jobId, reason: error?.message ?? null, code: error?.code, cells })}\n`;
  for await (const page of pages) yield encoder.encode(page.map(line).join(''));
}

const noTable = (missing: 'not-imported' | 'not-kept'): DomainError =>
  new DomainError(
    'not-ready',
    missing === 'not-kept'
      ? 'The table that this batch was imported from is not kept any more. Take the errors with columns=fields.'
      : 'This batch was not imported from a table. Take its errors with columns=fields.',
  );

/** Sends the wrong rows of an import. @throws DomainError `not-found`, `payload-too-large` */
export async function sendIssues(context: Context, id: string, format: 'csv' | 'xlsx'): Promise<Response> {
  const { row, columns, pages } = await streamIssues(context, id);
  if (format === 'xlsx') requireSheet(row.bad);
  return download(issuesTable(columns, pages, format), format, `${row.name} issues.${format}`);
}

/** Returns wrong rows with their position, reason and cells, so that a user can correct and upload them again. */
function issuesTable(
  columns: readonly string[],
  pages: AsyncGenerator<IssueRow[]>,
  format: 'csv' | 'xlsx',
): AsyncGenerator<Uint8Array> {
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of pages) {
      for (const { row, problems, cells } of page) {
        yield {
          [META.tableRow]: row,
          [META.reason]: problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; '),
          ...Object.fromEntries(columns.map((column) => [exportedName(column), cells?.[column]])),
        };
      }
    }
  }
  return table(rows(), [META.tableRow, META.reason, ...columns.map(exportedName)], format);
}
