import type { Reading } from '@/lib/contracts/import';
import { TRAINING_LIMITS } from '@/lib/job-types/model-training';
import { LeftOutTally } from '@/lib/tabular/left-out';
import { readCsv } from '@/lib/tabular/read-csv';
import { TabularError } from '@/lib/tabular/row';
import { PermanentError } from '@/workers/runtime/processor';
import type { Row } from './encode';

/** The reading options of a data set, guessed from its first bytes. */
export type TableReading = Pick<Reading, 'format' | 'delimiter' | 'quote' | 'headerRow'>;

const invalid = (message: string, cause?: unknown) => new PermanentError(message, 'invalid-data-set', { cause });

/**
 * Returns the rows of a JSONL or CSV data set, and sentences about its other content.
 * @throws PermanentError `invalid-data-set` naming the row
 */
export async function readTable(
  bytes: Uint8Array,
  reading: TableReading,
): Promise<{ rows: Row[]; columns: string[]; remarks: string[] }> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid('The data set is not valid UTF-8.', cause);
  }
  const left = new LeftOutTally();
  // Text that starts with an object is JSON lines, even if the file name has another extension.
  const isJson = reading.format === 'jsonl' || text.trimStart().startsWith('{');
  const rows = isJson ? readJsonLines(text) : await readText(bytes, reading, left);
  if (rows.length > TRAINING_LIMITS.rows) throw invalid(`The data set has more than ${TRAINING_LIMITS.rows} rows.`);
  const remarks = [...left.aboutHeader(), ...left.aboutRows()];
  return { rows, columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], remarks };
}

function readJsonLines(text: string): Row[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw invalid(`Row ${i + 1} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid(`Row ${i + 1} is not a JSON object.`);
    return [value as Row];
  });
}

async function readText(bytes: Uint8Array, reading: TableReading, left: LeftOutTally): Promise<Row[]> {
  const { delimiter, quote, headerRow } = reading;
  const source = (async function* () {
    yield bytes;
  })();
  const rows: Row[] = [];
  try {
    const options = { delimiter, quote, maxRowCharacters: 8 * 1024 * 1024, maxColumns: 100_000 };
    const { onHeader, onLeftOut } = left;
    for await (const row of readCsv(source, { ...options, ...(headerRow && { headerRow }), onHeader, onLeftOut })) {
      if ('issue' in row) throw invalid(`The CSV can’t be read: row ${row.row} below the header ${row.issue}.`);
      rows.push(row.values as Row);
    }
  } catch (cause) {
    if (cause instanceof TabularError) throw invalid(`The CSV can’t be read: ${cause.message}`, cause);
    throw cause;
  }
  return rows;
}
