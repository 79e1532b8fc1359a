import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import type { OutputOf } from '@/lib/job-types/catalogue';
import { CONVERSION_ISSUES } from '@/lib/job-types/data-conversion';
import { LeftOutTally } from '@/lib/tabular/left-out';
import { type ReadRow, TabularError, type TabularFormat, type Values } from '@/lib/tabular/row';
import type { Column } from '@/lib/tabular/write-options';
import { writeRows } from '@/lib/tabular/write-rows';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { ColumnSelection, requireAll, type SelectedColumn } from './data-conversion/column-selection';
import { profileColumns } from './data-conversion/profile';
import { openSource, type Source, type Watch } from './data-conversion/source';

type Job = ProcessorContext<'data-conversion'>;

const TYPES: Record<TabularFormat, string> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};
/** Formats whose metadata or header lists the columns. */
const needsColumns = (format: TabularFormat): boolean => format !== 'json' && format !== 'jsonl';

/** Reads a table row by row and writes it in another format. A second run replaces the file of the first one. */
export const processDataConversion: Processor<'data-conversion'> = async (job) => {
  try {
    return await convert(job);
  } catch (error) {
    if (error instanceof TabularError || error instanceof ReadingError) {
      throw new PermanentError(error.message, error.code, { cause: error });
    }
    throw error;
  }
};

async function convert(job: Job): Promise<OutputOf<'data-conversion'>> {
  const { data } = job;
  job.updateProgress(0, 1, 'Looking at the file');
  const source = await openSource(job);
  for (const remark of source.remarks) job.log('info', remark);
  job.log('info', `${source.name}: ${source.format} to ${data.to}`);
  const work = new Conversion(job, source);
  const wanted = await work.columns();
  const { rows, known } = await work.rows(wanted);
  const columns = wanted ?? known?.map((name): Column => ({ name }));
  const name = `${source.name.replace(/\.[^.]*$/, '') || 'table'}.${data.to}`;
  const body = writeRows(rows, data.to, {
    ...(columns ? { columns } : {}),
    ...(data.outputDelimiter === undefined ? {} : { delimiter: data.outputDelimiter }),
    bom: data.bom ?? false,
    guardFormulas: data.guardFormulas ?? false,
    onIssue: work.cut,
  });
  const file = await job.saveArtifact(name, TYPES[data.to], body);
  work.conclude();
  job.log('info', `${work.written} rows, ${work.skipped} skipped, ${file.size} bytes`);
  job.updateProgress(source.size, source.size, 'Done');
  return {
    fileId: file.fileId,
    name: file.name,
    format: data.to,
    rows: work.written,
    skipped: work.skipped,
    issues: work.issues,
    bytes: file.size,
    columns: columns?.map((column) => column.name) ?? null,
  };
}

class Conversion {
  written = 0;
  skipped = 0;
  readonly issues: { row: number; message: string }[] = [];
  #bytes = 0;
  #passes = 1;
  #withoutValue = 0;
  #cut = 0;
  #header: string[] = [];
  readonly #left = new LeftOutTally();

  constructor(
    readonly job: Job,
    readonly source: Source,
  ) {}

  /** Returns the columns, if the job's input or an earlier pass over the file already determined them. */
  async columns(): Promise<SelectedColumn[] | undefined> {
    const { columns, to, inferTypes } = this.job.data;
    if (columns) {
      return columns.map(({ from, as, type }) => ({ from, name: as ?? from, ...(type ? { type } : {}) }));
    }
    const typed = (this.source.format !== 'csv' && this.source.format !== 'tsv') || inferTypes;
    if (!(typed && needsColumns(to)) && !inferTypes) return undefined;
    this.#passes = 2;
    let issue: string | undefined;
    const onColumns = (columns: string[]) => {
      this.#header = columns;
    };
    const onIssue = (row: number, what: string) => {
      issue ??= `row ${row} ${what}`;
    };
    const rows = this.source.rows({ onBytes: this.#read, onColumns });
    const found = await profileColumns(rows, inferTypes, onIssue);
    if (found.length === 0 && issue) {
      const said = `No row of ${this.source.name} can be read as ${this.source.format.toUpperCase()}: ${issue}.`;
      throw new PermanentError(`${said} If it is of another format, say so in “from”.`, 'no-columns');
    }
    if (found.length === 0 && this.#header.length > 0) throw nothingUnder(this.#header);
    return found.map((column) => ({ ...column, from: column.name }));
  }

  /** Returns the rows to write, and the column names if the file starts with them. */
  async rows(
    wanted: SelectedColumn[] | undefined,
  ): Promise<{ rows: AsyncGenerator<Values>; known: string[] | undefined }> {
    let known: string[] | undefined;
    const onColumns = (columns: string[]) => {
      known = columns;
      this.#header = columns;
    };
    const read = this.source.rows({ onBytes: this.#read, onColumns, ...this.#watch });
    // The header is known only after the first row was read.
    const first = await read.next();
    // An earlier pass may have found more columns than the header has.
    if (wanted && known && this.job.data.columns) requireAll(wanted, known);
    const chosen =
      wanted &&
      new ColumnSelection(wanted, {
        byPath: this.job.data.columns !== undefined,
        parquet: this.job.data.to === 'parquet',
      });
    return { rows: this.#written(first, read, chosen), known };
  }

  /** Callbacks of the pass that writes the rows. */
  readonly #watch: Watch = {
    onHeader: this.#left.onHeader,
    onLeftOut: this.#left.onLeftOut,
    onExtended: (columns) => this.job.log('warn', `Rows have more cells than the header: ${columns.join(', ')} added.`),
    onBadCell: (row, column, cell) => {
      this.#withoutValue += 1;
      this.note(row, `${column.slice(0, 100)} ${cell.why}. The cell was left empty`);
    },
    onRemark: (remark) => this.job.warn('bytes-as-base64', remark),
    onSheet: ({ name, remarks }) => {
      for (const remark of remarks.length > 0 ? remarks : [`Sheet ${name}`]) this.job.log('info', remark);
    },
  };

  /** A cell value that the output format cannot represent. */
  readonly cut = (row: number, issue: string): void => {
    this.#cut += 1;
    this.note(row, issue);
  };

  /** Adds warnings about all differences from the uploaded file. */
  conclude(): void {
    for (const remark of [...this.#left.aboutHeader(), ...this.#left.aboutRows()]) this.job.log('info', remark);
    const all = counted(this.written + this.skipped, 'row');
    if (this.skipped > 0) {
      this.job.warn('rows-skipped', `${this.skipped.toLocaleString('en')} of ${all} skipped. ${this.#firstIssues()}`);
    }
    if (this.#withoutValue > 0) {
      const said = 'without a value (an Excel error, or a formula whose result was not saved) left empty';
      this.job.warn('cells-without-value', `${counted(this.#withoutValue, 'cell')} ${said}. ${this.#firstIssues()}`);
    }
    if (this.#cut > 0) {
      this.job.warn('cells-cut', `${counted(this.#cut, 'cell')} cut to the 32,767 characters that XLSX allows.`);
    }
  }

  note(row: number, issue: string): void {
    // Cells may contain characters that a log line cannot, such as NUL.
    const message = issue.replaceAll(/\p{Cc}/gu, '\ufffd');
    if (this.issues.length < CONVERSION_ISSUES) this.issues.push({ row, message });
    if (this.issues.length <= 20) this.job.log('warn', `Row ${row} ${message}`);
  }

  async *#written(
    first: IteratorResult<ReadRow>,
    rest: AsyncGenerator<ReadRow>,
    chosen: ColumnSelection | undefined,
  ): AsyncGenerator<Values> {
    try {
      for (let next = first; !next.done; next = await rest.next()) {
        const values = this.#convert(next.value, chosen);
        if (!values) continue;
        this.written += 1;
        yield values;
      }
      this.#requireFew();
      const absent = chosen?.absent();
      if (absent) this.job.log('warn', absent);
    } finally {
      await rest.return(undefined);
    }
  }

  #convert(row: ReadRow, chosen: ColumnSelection | undefined): Values | undefined {
    if ('issue' in row) return this.#skip(row.row, row.issue);
    if (!chosen) return row.values;
    const picked = chosen.pick(row.values);
    return 'issue' in picked ? this.#skip(row.row, picked.issue) : picked.values;
  }

  /** Fails if too many rows were skipped. @throws PermanentError `too-many-skipped` */
  #requireFew(): void {
    const { maxSkippedShare: most } = this.job.data;
    const all = this.written + this.skipped;
    if (all === 0 && this.source.format === 'xlsx') throw nothingUnder(this.#header);
    // The division avoids a rounding error: 0.29 * 100 is less than 29.
    if (this.skipped === 0 || this.skipped / all <= most) return;
    throw new PermanentError(
      `${this.skipped.toLocaleString('en')} of ${counted(all, 'row')} can’t be used, more than maxSkippedShare allows (${Math.round(most * 1000) / 10} %). ${this.#firstIssues()}`,
      'too-many-skipped',
    );
  }

  #firstIssues(): string {
    return this.issues
      .slice(0, 3)
      .map(({ row, message }) => `Row ${row}: ${message}.`)
      .join(' ')
      .slice(0, 1000);
  }

  #skip(row: number, issue: string): undefined {
    if (this.job.data.onBadRow === 'stop') throw new PermanentError(`Row ${row}: ${issue}`, 'bad-row');
    this.skipped += 1;
    this.note(row, issue);
  }

  readonly #read = (count: number): void => {
    this.#bytes += count;
    const rows = `${this.written.toLocaleString('en')} rows`;
    this.job.updateProgress(this.#bytes, this.source.size * this.#passes, this.written > 0 ? rows : 'Reading');
  };
}

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

const nothingUnder = (header: readonly string[]): PermanentError =>
  new PermanentError(
    `There is one row (${header.slice(0, 5).join(', ').slice(0, 200)}), which was read as the header, and none under it. If it is a row, set header to false.`,
    'no-rows',
  );
