import { stringifyJson } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Correction } from '@/lib/domain/batch/corrections/correct-batch';
import type { UploadedCells } from './changed-cells';

/** A row of an errors file that has the table's columns. */
export interface TableCorrection extends UploadedCells {
  line: number;
  /** row number in the table; null for an item that was added to the batch later */
  tableRow: number | null;
  row?: number;
  jobId?: string;
}

export interface Staged {
  line: number;
  table_row: number;
  row: number | null;
  job_id: string | null;
  cells: UploadedCells['cells'];
  typed: boolean;
}

export const isOfTable = (each: Correction | TableCorrection): each is TableCorrection => 'tableRow' in each;

const CHUNK = 500;

/** Stores unordered rows in a temporary table, to read them in the order of the imported table. */
export class StagedCorrections {
  private waiting: (TableCorrection & { tableRow: number })[] = [];

  private constructor(private readonly db: Queryable) {}

  static async open(db: Queryable): Promise<StagedCorrections> {
    await db.query(
      sql`create temp table table_correction (line int, table_row int, "row" int, job_id text, typed boolean, cells json)
       on commit drop`,
    );
    return new StagedCorrections(db);
  }

  async add(each: TableCorrection & { tableRow: number }): Promise<void> {
    this.waiting.push(each);
    if (this.waiting.length >= CHUNK) await this.flush();
  }

  private async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    await this.db.query(
      sql`insert into table_correction
       select * from unnest(${waiting.map((each) => each.line)}::int[], ${waiting.map((each) => each.tableRow)}::int[], ${waiting.map((each) => each.row ?? null)}::int[], ${waiting.map((each) => each.jobId ?? null)}::text[], ${waiting.map((each) => each.typed)}::boolean[], ${waiting.map((each) => stringifyJson(each.cells))}::json[])`,
    );
  }

  /** Yields all rows in pages, ordered by their row in the table. */
  async *inOrder(): AsyncGenerator<Staged[]> {
    await this.flush();
    await this.db.query(sql`create index on table_correction (table_row, line)`);
    let after = { table_row: 0, line: 0 };
    for (;;) {
      const { rows } = await this.db.query<Staged>(
        sql`select * from table_correction where (table_row, line) > (${after.table_row}, ${after.line}) order by table_row, line limit ${CHUNK}`,
      );
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < CHUNK) return;
      after = last;
    }
  }
}
