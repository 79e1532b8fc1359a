import type { InputIssue } from '@/lib/contracts/errors';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { META } from '@/lib/domain/batch/results/cells';

/** A row of a file or body that names an item. `line` counts the file's rows from 1. */
export interface Named {
  line: number;
  row?: number | undefined;
  jobId?: string | undefined;
}

export interface Failed {
  id: string;
  row: number;
  data: unknown;
}

interface Found extends Failed {
  status: JobStatus;
}

/** Finds the failed items that rows name. For each other row it returns an issue with the reason. */
export class FailedItems {
  private readonly seen: Uint8Array;

  constructor(
    private readonly db: Queryable,
    private readonly batchId: string,
    private readonly total: number,
  ) {
    this.seen = new Uint8Array(total + 1);
  }

  async find<T extends Named>(named: T[]): Promise<{ item: T; found: Failed | InputIssue }[]> {
    const places = named.flatMap(({ row }) => (row && row <= this.total ? [row - 1] : []));
    const ids = named.flatMap(({ row, jobId }) => (!row && jobId && isId(jobId) ? [jobId] : []));
    const { rows } = await this.db.query<Found>(
      sql`select id, item_index + 1 as row, status, data from job
       where batch_id = ${this.batchId} and (item_index = any(${places}::int[]) or id = any(${ids}::uuid[]))`,
    );
    const byRow = new Map(rows.map((r) => [r.row, r]));
    const byId = new Map(rows.map((r) => [r.id, r]));
    return named.map((item) => {
      const found = item.row ? byRow.get(item.row) : byId.get(item.jobId?.toLowerCase() ?? '');
      return { item, found: this.check(item, found) };
    });
  }

  private check({ line, row, jobId }: Named, found: Found | undefined): Failed | InputIssue {
    const refuse = (path: string, message: string): InputIssue => ({ row: line, path, message });
    if (!row && !jobId) return refuse(META.row, 'is required: the place of a failed item in the batch');
    if (!found) {
      return row
        ? refuse(META.row, `is ${row}, which is no item of this batch`)
        : refuse(META.job, 'is no item of this batch');
    }
    if (row && jobId && jobId.toLowerCase() !== found.id) return refuse(META.job, `is not the job of item ${row}`);
    if (this.seen[found.row]) return refuse(META.row, `is ${found.row} a second time`);
    this.seen[found.row] = 1;
    if (found.status !== 'failed') return refuse(META.row, `is ${found.row}, which is ${found.status}, not failed`);
    return found;
  }
}
