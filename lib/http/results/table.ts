import { isFields, stringifyJson } from '@/lib/contracts/json';
import { columnOf, META, type RemarkColumn, WHOLE } from '@/lib/domain/batch/results/cells';
import type { ErrorRow } from '@/lib/domain/batch/results/stream-errors';
import type { OutcomeRow } from '@/lib/domain/batch/stream-results';
import type { Values } from '@/lib/tabular/row';
import { writeRows } from '@/lib/tabular/write-rows';

type TableFormat = 'csv' | 'xlsx';

/** Returns the cells of an input: one per field, or the whole input as JSON in one cell. */
function inputCells(input: unknown, fields: readonly string[]): Values {
  if (fields.length === 0 || !isFields(input)) return { [WHOLE]: stringifyJson(input) };
  return Object.fromEntries(fields.map((field) => [columnOf(field), input[field]]));
}

const inputColumns = (fields: readonly string[]): string[] => (fields.length === 0 ? [WHOLE] : fields.map(columnOf));

/**
 * Writes rows as CSV or XLSX. In CSV, a cell that starts like a formula gets an apostrophe as a prefix. In XLSX, the
 * cell type marks it as text, so it stays unchanged.
 */
export function table(
  rows: AsyncGenerator<Values>,
  columns: string[],
  format: TableFormat,
  bom = true,
): AsyncGenerator<Uint8Array> {
  return writeRows(rows, format, { columns: columns.map((name) => ({ name })), bom, guardFormulas: true });
}

/**
 * Returns results with a column per field of input and result, and columns for warnings and costs if there are any.
 * @param fields `of`: with columns that say which job of which batch and type a row is
 */
export function resultsTable(
  pages: AsyncGenerator<OutcomeRow[]>,
  fields: { input: string[]; result: string[]; remarks: readonly RemarkColumn[]; of?: boolean },
  format: TableFormat,
): AsyncGenerator<Uint8Array> {
  const results = fields.result.length === 0 ? ['result'] : fields.result.map((field) => `result.${field}`);
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of pages) {
      for (const row of page) {
        const { of, index, status, input, result, error } = row;
        const given = isFields(result) ? result : {};
        yield {
          ...(of ? { [META.job]: of.jobId, [META.batch]: of.batchId, [META.type]: of.type } : {}),
          [META.row]: index === null ? null : index + 1,
          [META.status]: status,
          ...inputCells(input, fields.input),
          ...(fields.result.length === 0
            ? { result: result === null ? null : stringifyJson(result) }
            : Object.fromEntries(fields.result.map((field) => [`result.${field}`, given[field]]))),
          [META.reason]: error?.message,
          ...Object.fromEntries(fields.remarks.map(({ name, cell }) => [name, cell(row)])),
        };
      }
    }
  }
  const last = [META.reason, ...fields.remarks.map(({ name }) => name)];
  const first = [...(fields.of ? [META.job, META.batch, META.type] : []), META.row, META.status];
  return table(rows(), [...first, ...inputColumns(fields.input), ...results, ...last], format);
}

/** Returns failed items with the reason and their input, so that a user can correct and upload them. */
export function errorsTable(
  pages: AsyncGenerator<ErrorRow[]>,
  fields: string[],
  format: TableFormat,
): AsyncGenerator<Uint8Array> {
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of pages) {
      for (const { row, jobId, input, error } of page) {
        yield {
          [META.row]: row,
          [META.job]: jobId,
          [META.reason]: error?.message,
          ...inputCells(input, fields),
        };
      }
    }
  }
  return table(rows(), [META.row, META.job, META.reason, ...inputColumns(fields)], format);
}

/** The same as one line of JSON per item. The user may correct `input`. */
export async function* errorsLines(pages: AsyncGenerator<ErrorRow[]>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const line = ({ row, jobId, input, error }: ErrorRow) =>
    `${stringifyJson({ row, jobId, reason: error?.message ?? null, code: error?.code, input })}\n`;
  for await (const page of pages) yield encoder.encode(page.map(line).join(''));
}
