import type { BatchDto } from '@/lib/contracts/batch';
import type { EditBody, EditedRow, EditResult } from '@/lib/contracts/correction';
import type { InputIssue } from '@/lib/contracts/errors';
import { MAX_ISSUES } from '@/lib/contracts/issues';
import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { failedSo } from '@/lib/domain/batch/failure-reason';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import type { JobType } from '@/lib/job-types/catalogue';
import { editRow, previewOf } from './edit-row';
import { readExpressions } from './expressions';
import type { Failed } from './find-failed';
import { Staging } from './staging';

/** Maximum number of items of one edit. For more, an errors file is the better way. */
const MAX_ROWS = 100_000;
const PREVIEW = 10;
const PAGE = 200;
/** Time limit of all evaluations together. */
const MAX_MS = 30_000;

/**
 * Changes the input of a batch's failed items by one expression for each field, and runs them again: all failed items,
 * or those that failed for one reason. `dry` changes nothing and returns a preview of the first ones.
 * @throws DomainError `not-found`, `forbidden`, `invalid-request` for an expression that can't be read,
 *   `nothing-to-process`, `payload-too-large`, `invalid-items` with the items' positions, `not-retryable`
 */
export async function editBatch(
  context: Context,
  batchId: string,
  { set, reason, dry }: EditBody,
): Promise<EditResult> {
  requirePermission(context, 'batch.edit', 'edit the items of a batch');
  // An expression can copy any part of an input to a place where it is shown.
  await requireUnredacted(context, 'edit items by expressions');
  const batch = await loadBatch(context, batchId);
  const edit = new Edit(context, batch, readExpressions(set));
  const staging = await transaction(async (tx) => {
    const staged = await Staging.open(tx.db, batch.type as JobType);
    for await (const page of failedPages(tx.db, batch, reason)) {
      for (const item of page) await edit.take(item, staged);
    }
    if (edit.seen === 0) throw new DomainError('nothing-to-process', 'No item failed so.');
    if (edit.seen > MAX_ROWS) throw tooMany();
    if (dry) return staged;
    if (edit.invalid > 0) throw refused(edit);
    await staged.apply(tx, context, batch, 'batch.edit', { payload: { set, reason } });
    return staged;
  });
  const { invalid, preview } = edit;
  return {
    batch: await loadBatch(context, batchId),
    dry,
    retried: staging.rows,
    changed: staging.changed,
    invalid,
    preview,
  };
}

interface FailedRow extends Failed {
  error: unknown;
}

class Edit {
  seen = 0;
  invalid = 0;
  readonly preview: EditedRow[] = [];
  readonly issues: InputIssue[] = [];

  private readonly until = Date.now() + MAX_MS;

  constructor(
    private readonly context: Context,
    private readonly batch: BatchDto,
    private readonly expressions: [field: string, expression: string][],
  ) {}

  async take(item: FailedRow, staging: Staging): Promise<void> {
    this.seen += 1;
    if (this.seen > MAX_ROWS) throw tooMany();
    const leftMs = this.until - Date.now();
    if (leftMs <= 0) throw tooSlow();
    const limits = { leftMs, owner: this.context.organizationId };
    const edited = await editRow(this.batch.type as JobType, item, this.expressions, limits);
    if (Date.now() >= this.until) throw tooSlow();
    const { data, issues } = edited;
    if (this.preview.length < PREVIEW) this.preview.push(previewOf(item, edited, this.expressions));
    if (issues.length > 0) {
      this.invalid += 1;
      if (this.issues.length < MAX_ISSUES) this.issues.push(...issues.map((issue) => ({ ...issue, row: item.row })));
    } else {
      const changed = stringifyJson(data) !== stringifyJson(item.data);
      await staging.add({ id: item.id, data, changed });
    }
  }
}

async function* failedPages(db: Queryable, batch: BatchDto, reason: EditBody['reason']): AsyncGenerator<FailedRow[]> {
  const only = reason ? sql`and ${failedSo(reason)}` : sql``;
  let after = 0;
  for (;;) {
    const { rows } = await db.query<FailedRow>(
      sql`select id, item_index + 1 as row, data, error from job
       where batch_id = ${batch.id} and outcome = 'failed' and item_index >= ${after} ${only} order by item_index limit ${PAGE}`,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.row;
  }
}

const tooSlow = () =>
  new DomainError(
    'invalid-request',
    `The expressions take longer than ${MAX_MS / 1000} s in all. Make them simpler, or choose one reason.`,
  );

const tooMany = () =>
  new DomainError(
    'payload-too-large',
    `At most ${MAX_ROWS} items are edited at once. Choose one reason, or use an errors file.`,
  );

const refused = ({ invalid, issues }: Edit) =>
  new DomainError(
    'invalid-items',
    `${invalid} ${invalid === 1 ? 'item' : 'items'} would not fit. Nothing was changed; look at the first ones and change the expressions.`,
    { errors: issues.slice(0, MAX_ISSUES) },
  );
