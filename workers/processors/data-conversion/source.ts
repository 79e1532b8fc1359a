import type { ReadingOverrides } from '@/lib/contracts/import';
import { detectReading, parquetIn, readHead } from '@/lib/domain/import/reading/detect-reading';
import type { InputOf } from '@/lib/job-types/catalogue';
import { readRows } from '@/lib/tabular/read-rows';
import type { ReadOptions, ReadRow, TabularFormat } from '@/lib/tabular/row';
import type { ProcessorContext } from '@/workers/runtime/processor';

type Job = ProcessorContext<'data-conversion'>;

/** Callbacks of one pass over the file. */
export type Watch = Pick<
  ReadOptions,
  'onColumns' | 'onRemark' | 'onHeader' | 'onLeftOut' | 'onExtended' | 'onBadCell' | 'onSheet'
>;

/** An input file with the options to read it. It can be read several times. */
export interface Source {
  name: string;
  size: number;
  format: TabularFormat;
  remarks: string[];
  rows(options: { onBytes: (count: number) => void } & Watch): AsyncGenerator<ReadRow>;
}

/** Guesses the options that the input does not set. @throws ReadingError for a file that is not a table */
export async function openSource({ data, openFile, signal }: Job): Promise<Source> {
  const { file, stream: start } = await openFile(data.fileId);
  const head = await readHead(start);
  const { format, remarks, ...reading } = await readingOf(data, file.name, { head, whole: head.length === file.size });
  const options: ReadOptions = { ...reading, ...inputOptions(data), signal };
  return {
    name: file.name,
    size: file.size,
    format,
    remarks,
    async *rows({ onBytes, ...watch }) {
      const { stream } = await openFile(data.fileId);
      try {
        yield* readRows(counted(stream, onBytes), format, { onBadCell: () => undefined, ...options, ...watch });
      } finally {
        stream.destroy();
      }
    },
  };
}

async function readingOf(
  data: InputOf<'data-conversion'>,
  name: string,
  { head, whole }: { head: Uint8Array; whole: boolean },
): Promise<ReadOptions & { format: TabularFormat; remarks: string[] }> {
  const isParquet = parquetIn(head) !== undefined;
  if (data.from === 'parquet' || (data.from === undefined && isParquet)) return { format: 'parquet', remarks: [] };
  if (data.from === 'xlsx') return { ...AS_SHEET, remarks: [] };
  const { reading, remarks } = await detectReading(head, { name, whole, overrides: overridesOf(data) });
  const { encoding, delimiter, quote, header, headerRow } = reading;
  const format = data.from ?? reading.format;
  if (format === 'xlsx') return { ...AS_SHEET, remarks };
  if (format === 'json' || format === 'jsonl') return { format, encoding, remarks };
  const names = header && headerRow !== undefined ? { header, headerRow } : { header };
  return { format, encoding, delimiter: format === 'tsv' ? '\t' : delimiter, quote, ...names, remarks };
}

/** Spreadsheets store no empty cells at the end of a row, and a row may be longer than the header. */
const AS_SHEET = { format: 'xlsx', findHeader: true, extend: true } as const;

/** Returns the options that the input sets, which the guess of the other ones uses. */
const overridesOf = ({ from, delimiter, header, headerRow }: InputOf<'data-conversion'>): ReadingOverrides => ({
  ...(delimiter === undefined ? (from === 'tsv' ? { delimiter: '\t' } : {}) : { delimiter }),
  ...(header === undefined ? {} : { header }),
  ...(headerRow === undefined ? {} : { headerRow }),
});

/** Options that the input sets take precedence over guessed ones. */
const inputOptions = ({ encoding, delimiter, header, headerRow, sheet }: InputOf<'data-conversion'>): ReadOptions => ({
  ...(encoding === undefined ? {} : { encoding }),
  ...(delimiter === undefined ? {} : { delimiter }),
  ...(header === undefined ? {} : { header }),
  ...(headerRow === undefined ? {} : { header: true, headerRow }),
  ...(sheet === undefined ? {} : { sheet }),
});

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    onBytes(chunk.byteLength);
    yield chunk;
  }
}
