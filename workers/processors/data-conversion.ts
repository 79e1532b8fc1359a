import { ReadingError } from '@/lib/domain/import/reading/failure';
import type { OutputOf } from '@/lib/job-types';
import { CONVERSION_ISSUES } from '@/lib/job-types/data-conversion';
import { type Column, type ReadRow, TabularError, type TabularFormat, type Values, writeRows } from '@/lib/tabular';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { convertCell } from './data-conversion/convert-cell';
import { profileColumns } from './data-conversion/profile';
import { openSource, type Source } from './data-conversion/source';

type Job = ProcessorContext<'data-conversion'>;
/** A column of the output, and where it comes from. */
type Wanted = Column & { from: string };

const TYPES: Record<TabularFormat, string> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};
/** Formats whose columns stand before their rows. */
const needsColumns = (format: TabularFormat): boolean => format !== 'json' && format !== 'jsonl';

/** Reads a table a row at a time and writes it in another format. A second run replaces the file of the first. */
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
    onIssue: (row, issue) => work.note(row, issue),
  });
  const file = await job.saveArtifact(name, TYPES[data.to], body);
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

  constructor(
    readonly job: Job,
    readonly source: Source,
  ) {}

  /** The columns that can be told before the rows: as given, or found by reading the file once before. */
  async columns(): Promise<Wanted[] | undefined> {
    const { columns, to, inferTypes } = this.job.data;
    if (columns) {
      return columns.map(({ from, as, type }) => ({ from, name: as ?? from, ...(type ? { type } : {}) }));
    }
    const typed = (this.source.format !== 'csv' && this.source.format !== 'tsv') || inferTypes;
    if (!(typed && needsColumns(to)) && !inferTypes) return undefined;
    this.#passes = 2;
    const found = await profileColumns(this.source.rows({ onBytes: this.#read }), inferTypes);
    return found.map((column) => ({ ...column, from: column.name }));
  }

  /** The rows to write, and the names of their columns where the file begins with them. */
  async rows(wanted: Wanted[] | undefined): Promise<{ rows: AsyncGenerator<Values>; known: string[] | undefined }> {
    let known: string[] | undefined;
    const onColumns = (columns: string[]) => {
      known = columns;
    };
    const read = this.source.rows({ onBytes: this.#read, onColumns });
    // The header is known once the first row is there.
    const first = await read.next();
    if (wanted && known) this.#requireAll(wanted, known);
    return { rows: this.#written(first, read, wanted), known };
  }

  note(row: number, issue: string): void {
    // Cells may hold what no log line can, such as NUL.
    const message = issue.replaceAll(/\p{Cc}/gu, '\ufffd');
    if (this.issues.length < CONVERSION_ISSUES) this.issues.push({ row, message });
    if (this.issues.length <= 20) this.job.log('warn', `Row ${row} ${message}`);
  }

  async *#written(
    first: IteratorResult<ReadRow>,
    rest: AsyncGenerator<ReadRow>,
    wanted: Wanted[] | undefined,
  ): AsyncGenerator<Values> {
    try {
      for (let next = first; !next.done; next = await rest.next()) {
        const values = this.#convert(next.value, wanted);
        if (!values) continue;
        this.written += 1;
        yield values;
      }
    } finally {
      await rest.return(undefined);
    }
  }

  #convert(row: ReadRow, wanted: Wanted[] | undefined): Values | undefined {
    if ('issue' in row) return this.#skip(row.row, row.issue);
    if (!wanted) return row.values;
    const values: [string, unknown][] = [];
    for (const { from, name, type } of wanted) {
      const value = Object.hasOwn(row.values, from) ? row.values[from] : null;
      const converted = type ? convertCell(value, type) : { value };
      if ('wrong' in converted) return this.#skip(row.row, `${from.slice(0, 100)}: ${converted.wrong}`);
      values.push([name, converted.value]);
    }
    return Object.fromEntries(values);
  }

  #skip(row: number, issue: string): undefined {
    if (this.job.data.onBadRow === 'stop') throw new PermanentError(`Row ${row}: ${issue}`, 'bad-row');
    this.skipped += 1;
    this.note(row, issue);
  }

  #requireAll(wanted: readonly Wanted[], known: readonly string[]): void {
    const missing = wanted.find(({ from }) => !known.includes(from));
    if (!missing) return;
    const names = known.slice(0, 20).join(', ').slice(0, 500);
    throw new PermanentError(
      `There is no column “${missing.from.slice(0, 100)}”; there are ${names}.`,
      'no-such-column',
    );
  }

  readonly #read = (count: number): void => {
    this.#bytes += count;
    const rows = `${this.written.toLocaleString('en')} rows`;
    this.job.updateProgress(this.#bytes, this.source.size * this.#passes, this.written > 0 ? rows : 'Reading');
  };
}
