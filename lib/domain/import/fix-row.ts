import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import type { ImportDto, ImportIssueDto } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import { holdsRedacted } from '@/lib/domain/redaction/restore';
import { cellsAt, issueAt } from './cells-at-door';
import { findImport, type ImportRow, type IssueRow, readImport } from './import-row';
import { itemMaker } from './mapping/to-item';
import { corrected } from './reading/read-rows';
import { type Cells, type SourceRow, shownCells } from './reading/source-row';

/**
 * Corrects cells of a bad row and validates it. The import stores the correction; the file does not change.
 * @returns the import with its new counts, and the remaining issues of the row
 * @throws DomainError `not-found`, `not-ready`, `payload-too-large` if the import has too many corrections
 */
export async function fixRow(
  context: Context,
  id: string,
  { row, cells: sent }: { row: number; cells: Record<string, string> },
): Promise<{ import: ImportDto; issue: ImportIssueDto | null }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  const door = await openDoor(context);
  const issue = await transaction(async ({ db }) => {
    const found = await findImport(db, context, id, { lock: true });
    if (found.status !== 'checked') {
      throw new DomainError('not-ready', 'Rows can be corrected once every row was checked.');
    }
    const { rows } = await db.query<IssueRow>(
      sql`select row, problems, cells from import_issue where import_id = ${id} and row = ${row}`,
    );
    const bad = rows[0];
    if (!bad) throw new DomainError('not-found', `Row ${row} is not among the rows that don't fit.`);
    if (!bad.cells) {
      throw new DomainError(
        'not-ready',
        `Row ${row} could not be read, or is too large to be corrected here. Correct it in the file.`,
      );
    }
    const given = bad.cells;
    const shown = cellsAt(door, found.mapping, given);
    // What is redacted for the caller comes back as it was shown, and stays.
    const cells = Object.fromEntries(
      Object.entries(sent).filter(([column, cell]) => cell !== shown[column] || !holdsRedacted(cell)),
    );
    const unknown = Object.keys(cells).find((column) => !found.columns.includes(column) && !(column in given));
    if (unknown !== undefined) throw new DomainError('invalid-request', `There is no column ${unknown}.`);
    if (!found.edits[row] && Object.keys(found.edits).length >= IMPORT_LIMITS.edits) {
      throw new DomainError(
        'payload-too-large',
        `At most ${IMPORT_LIMITS.edits} rows can be corrected here. Download the issues and correct the file.`,
      );
    }
    const edited: Cells = Object.assign(Object.create(null), given, cells);
    const made = itemMaker(found.type, found.mapping)(corrected(sourceOf(found, bad), cells, found.columns));
    const edits = { ...found.edits, [row]: { ...found.edits[row], ...cells } };
    const good = 'data' in made;
    await db.query(
      sql`update import set edits = ${stringifyJson(edits)}, good = good + ${good ? 1 : 0}::int, bad = bad - ${good ? 1 : 0}::int, updated_at = now() where id = ${id}`,
    );
    const change = { before: { payload: pick(given, cells) }, after: { row, payload: cells } };
    await audit(db, context, 'import.fix-row', { kind: 'import', id, name: found.name }, change);
    if (good) {
      await db.query(sql`delete from import_issue where import_id = ${id} and row = ${row}`);
      return null;
    }
    await db.query(
      sql`update import_issue set problems = ${stringifyJson(made.problems)}, cells = ${stringifyJson(edited)} where import_id = ${id} and row = ${row}`,
    );
    return issueAt(door, found.mapping, { row, problems: made.problems, cells: shownCells(edited) });
  });
  return { import: await readImport(context, id), issue };
}

/** Returns the cells of a row that a correction replaces. */
const pick = (given: Cells, cells: Record<string, string>): Cells =>
  Object.fromEntries(Object.keys(cells).map((column) => [column, given[column] ?? null]));

/** Returns the original row. A CSV or sheet row whose cells do not match the columns has no values by column. */
function sourceOf({ reading, columns }: ImportRow, { row, problems, cells }: IssueRow): SourceRow {
  const found = cells ?? {};
  const names = Object.keys(found);
  const isText = reading?.format === 'csv' || reading?.format === 'xlsx';
  if (!isText || (names.length === columns.length && names.every((name) => columns.includes(name)))) {
    return { row, cells: found };
  }
  return { row, broken: problems[0]?.message ?? 'does not fit the columns', found };
}
