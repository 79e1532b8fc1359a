import type { BatchDto } from '@/lib/contracts/batch';
import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import { type AuditAction, audit } from '@/lib/domain/audit';
import { continueRun, requireReopenable } from '@/lib/domain/batch/continue-run';
import { reopenRows } from '@/lib/domain/batch/reopen-rows';
import { lockSlots } from '@/lib/domain/capacity/slots';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { FileFields, useFiles } from '@/lib/domain/file/use-files';
import { itemName } from '@/lib/domain/job/item-name';
import { newName } from '@/lib/domain/job/replace-inputs';
import { forgetKeys, indexJobs } from '@/lib/domain/query/search-keys';
import type { JobType } from '@/lib/job-types/catalogue';

/** A failed item and its new input. */
export interface Replacement {
  id: string;
  /** checked by the type's schema */
  data: unknown;
  changed: boolean;
}

const CHUNK = 500;

/** New inputs in a temporary table, so that all of them are validated before one is applied. */
export class Staging {
  rows = 0;
  changed = 0;
  private waiting: Replacement[] = [];
  private readonly files = new FileFields();

  private constructor(
    private readonly db: Queryable,
    private readonly type: JobType,
  ) {}

  static async open(db: Queryable, type: JobType): Promise<Staging> {
    await db.query(sql`create temp table replacement (id uuid, name text, data json, changed boolean) on commit drop`);
    return new Staging(db, type);
  }

  async add(replacement: Replacement): Promise<void> {
    this.rows += 1;
    if (replacement.changed) this.changed += 1;
    this.files.note(replacement.data);
    this.waiting.push(replacement);
    if (this.waiting.length >= CHUNK) await this.flush();
  }

  async flush(): Promise<void> {
    await this.db.query(
      sql`insert into replacement select * from unnest(${this.waiting.map((r) => r.id)}::uuid[], ${this.waiting.map((r) => itemName(this.type, r.data) ?? null)}::text[], ${this.waiting.map((r) => stringifyJson(r.data))}::json[], ${this.waiting.map((r) => r.changed)}::boolean[])`,
    );
    this.waiting = [];
  }

  /**
   * Stores the new inputs and reopens these items, and no others.
   * @throws DomainError `not-retryable` if one of them is not failed any more, or the batch is being cancelled
   */
  async apply(tx: Transaction, context: Context, batch: BatchDto, action: AuditAction, detail: object): Promise<void> {
    await this.flush();
    // An upload can't be read again, so nothing may end meanwhile that needs this lock to go on.
    await lockSlots(this.db);
    await requireReopenable(tx, context, batch.id);
    await this.db.query(forgetKeys(sql`j.id in (select id from replacement)`));
    await this.db.query(
      sql`update job j set data = r.data, name = ${newName(sql`r.name`)} from replacement r
       where j.id = r.id and j.batch_id = ${batch.id} and j.outcome = 'failed' and r.changed`,
    );
    await indexJobs(this.db, sql`j.id in (select id from replacement)`);
    const { failed } = await reopenRows(
      this.db,
      batch.id,
      sql`status = 'failed' and id in (select id from replacement)`,
    );
    if (failed !== this.rows) {
      throw new DomainError(
        'not-retryable',
        `${this.rows - failed} of these items are no longer failed: somebody retried them meanwhile. Nothing was changed; take a new errors file.`,
      );
    }
    await useFiles(this.db, context.organizationId, batch.id, this.files, sql`j.id in (select id from replacement)`);
    await continueRun(tx, batch.id, 'locked');
    await audit(
      this.db,
      context,
      action,
      { kind: 'batch', id: batch.id, name: batch.name },
      { after: { ...detail, count: this.rows, changed: this.changed } },
    );
  }
}
