import { cellText } from '@/lib/contracts/template';
import type { IssueRow } from '@/lib/domain/import/rows';
import { csvCell } from './results/text';

/** Rows that don't fit as a CSV: where they stand, why, and their cells, to be corrected in a spreadsheet. */
export async function* issuesCsv(
  columns: readonly string[],
  pages: AsyncGenerator<IssueRow[]>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const line = (cells: unknown[]) => `${cells.map(csvCell).join(',')}\r\n`;
  yield encoder.encode(line(['row', 'reason', ...columns]));
  for await (const rows of pages) {
    yield encoder.encode(
      rows
        .map(({ row, problems, cells }) => {
          const reason = problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
          return line([row, reason, ...columns.map((column) => cellText(cells?.[column]))]);
        })
        .join(''),
    );
  }
}
