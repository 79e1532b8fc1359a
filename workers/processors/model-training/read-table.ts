import { parse } from 'csv-parse/sync';
import { TRAINING_LIMITS } from '@/lib/job-types/model-training';
import { PermanentError } from '@/workers/runtime/processor';
import type { Row } from './encode';

const invalid = (message: string, cause?: unknown) => new PermanentError(message, 'invalid-data-set', { cause });

/**
 * The rows of a data set: JSONL where the first line is a JSON object, else CSV with the delimiter of its header.
 * @throws PermanentError `invalid-data-set` naming the row
 */
export function readTable(bytes: Uint8Array): { rows: Row[]; columns: string[] } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid('The data set is not valid UTF-8.', cause);
  }
  const rows = text.trimStart().startsWith('{') ? readJsonLines(text) : readCsv(text);
  if (rows.length > TRAINING_LIMITS.rows) throw invalid(`The data set has more than ${TRAINING_LIMITS.rows} rows.`);
  return { rows, columns: [...new Set(rows.flatMap((row) => Object.keys(row)))] };
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

function readCsv(text: string): Row[] {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const count = (mark: string) => header.split(mark).length;
  const delimiter = [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
  try {
    return parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim()),
      bom: true,
      delimiter,
      skip_empty_lines: true,
      max_record_size: 8 * 1024 * 1024,
    }) as Row[];
  } catch (cause) {
    throw invalid(`The CSV can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}
