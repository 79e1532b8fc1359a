import type { BatchDto } from '@/lib/contracts/batch';
import type { CorrectionsResult } from '@/lib/contracts/correction';
import type { InputIssue } from '@/lib/contracts/errors';
import { MAX_ISSUES, toIssues } from '@/lib/contracts/issues';
import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { columnOf, saysSame, WHOLE } from '@/lib/domain/batch/results/cells';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import { restore } from '@/lib/domain/redaction/restore';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';
import { unguardCell } from '@/lib/tabular/cell-guards';
import { FailedItems, type Named } from './find-failed';
import { Staging } from './staging';

/**
 * A correction of one item: the whole input, the cells of an errors file, or a function of the item's input; or the
 * reason why the row can't be parsed.
 */
export type Correction =
  | (Named & ({ data: unknown } | { cells: Record<string, string> } | Revision))
  | { line: number; issue: string };

interface Revision {
  revise: (input: unknown) => unknown;
  /** the column of the file that a field comes from */
  columnOf?: (path: string) => string | null;
}

type Corrections = AsyncIterable<Correction> | ((tx: Transaction) => AsyncIterable<Correction>);

const PAGE = 500;

/**
 * Applies a corrected errors file. Every row must name a failed item and have a valid input, else nothing changes.
 * These items, and no others, run again with their new input in the same batch.
 * @throws DomainError `not-found`, `forbidden`, `invalid-items` with the file's row numbers and paths, `empty-batch`,
 *   `not-retryable`
 */
export async function correctBatch(
  context: Context,
  batchId: string,
  { corrections, dry }: { corrections: Corrections; dry: boolean },
): Promise<CorrectionsResult> {
  requirePermission(context, 'batch.edit', 'correct a batch');
  requirePayloads(context, 'correct items');
  const door = await openDoor(context);
  const batch = await loadBatch(context, batchId);
  const staging = await transaction(async (tx) => {
    const staged = await Staging.open(tx.db, batch.type as JobType);
    const items = new FailedItems(tx.db, batchId, batch.total);
    const rows = typeof corrections === 'function' ? corrections(tx) : corrections;
    const issues = await stageAll(batch, rows, items, staged, door);
    if (issues.length > 0) throw refused(issues);
    if (staged.rows === 0) throw new DomainError('empty-batch', 'There is no row in it, so there is nothing to retry.');
    if (!dry) await staged.apply(tx, context, batch, 'batch.correct', {});
    return staged;
  });
  const { rows: retried, changed } = staging;
  return { batch: await loadBatch(context, batchId), dry, retried, changed };
}

async function stageAll(
  { type }: BatchDto,
  corrections: AsyncIterable<Correction>,
  items: FailedItems,
  staging: Staging,
  door: Door,
): Promise<InputIssue[]> {
  const issues: InputIssue[] = [];
  let page: Readable[] = [];
  const stagePage = async () => {
    for (const { item, found } of await items.find(page)) {
      if ('path' in found) {
        issues.push(found);
        continue;
      }
      const next = await withRedacted(door, inputOf(item, type, found.data), found.data);
      if (next === undefined) {
        issues.push({ row: item.line, path: '', message: CHANGED_REDACTED });
        continue;
      }
      const parsed = checkInput(type as JobType, next.data);
      if (!parsed.success) issues.push(...toIssues(parsed.error).map((issue) => ofRow(item, issue)));
      else if (issues.length === 0) {
        const changed = stringifyJson(parsed.data) !== stringifyJson(found.data);
        await staging.add({ id: found.id, data: parsed.data, changed });
      }
    }
    page = [];
  };
  for await (const correction of corrections) {
    if ('issue' in correction) issues.push({ row: correction.line, path: '', message: correction.issue });
    else page.push(correction);
    if (page.length >= PAGE) await stagePage();
    if (issues.length >= MAX_ISSUES) return issues;
  }
  await stagePage();
  return issues;
}

type Readable = Exclude<Correction, { issue: string }>;

function inputOf(item: Readable, type: string, now: unknown): unknown {
  if ('revise' in item) return item.revise(now);
  return 'cells' in item ? mergeCells(type, now, item.cells) : item.data;
}

const CHANGED_REDACTED = 'holds something redacted at another place than the item; leave such values as they are';

/** Returns the input with what was redacted in the file, or undefined if that is not possible. */
async function withRedacted(door: Door, next: unknown, now: unknown): Promise<{ data: unknown } | undefined> {
  try {
    return { data: await restore(door, next, now, 'data') };
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

/** Adds the row of the file to an issue, and the column if its name differs from the field. */
function ofRow(item: Readable, { path, message }: InputIssue): InputIssue {
  const column = 'columnOf' in item ? item.columnOf?.(path) : null;
  return { row: item.line, path, message: column && column !== path ? `${message} (column ${column})` : message };
}

function refused(issues: InputIssue[]): DomainError {
  const rows = new Set(issues.map((i) => i.row)).size;
  return new DomainError(
    'invalid-items',
    `${issues.length >= MAX_ISSUES ? 'At least ' : ''}${rows} ${rows === 1 ? 'row' : 'rows'} can't be taken. Nothing was changed; correct them and send the file again.`,
    { errors: issues.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0)).slice(0, MAX_ISSUES) },
  );
}

type Fields = Record<string, unknown>;

/**
 * Returns the input that a row of a corrected errors file describes. An unchanged cell keeps the original value: a
 * spreadsheet can't represent every value. A changed cell is parsed as in a launch. An emptied cell removes its field.
 * @param cells by column; fields whose column is not in the file keep their values
 */
function mergeCells(type: string, original: unknown, cells: Record<string, string>): unknown {
  const whole = cells[WHOLE];
  if (!isFields(original)) {
    return whole === undefined || saysSame(whole, stringifyJson(original)) ? original : jsonOr(unguardCell(whole));
  }
  const fieldOf = new Map(Object.keys(original).map((field) => [columnOf(field), field]));
  const next: Fields = { ...original };
  const changed: Record<string, string> = {};
  const all: Record<string, string> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const field = fieldOf.get(column) ?? column.replace(/^input\./, '');
    if (cell !== '') all[field] = unguardCell(cell);
    if (saysSame(cell, original[field])) continue;
    delete next[field];
    if (cell !== '') changed[field] = unguardCell(cell);
  }
  if (Object.keys(changed).length === 0) return next;
  // All cells are parsed together, because some types make one field of several cells. Only changes are applied.
  const item = itemFromCsv(type)(all);
  if (!isFields(item)) return item;
  for (const [field, value] of Object.entries(item)) if (field in changed || !(field in all)) next[field] = value;
  return next;
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: it stays text, and the schema validates it.
    return text;
  }
}
