import { guessDialect } from '@/lib/contracts/csv/dialect';
import { type CsvRecord, csvRecordsOf, isBlankRow } from '@/lib/contracts/csv/records';
import type { InputIssue } from '@/lib/contracts/errors';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { findJsonMistake, lineOf } from '@/lib/contracts/json-position';
import type { PasteFormat } from './draft';

export type Format = Exclude<PasteFormat, 'auto'>;

/** Parsed text. Rows count from 1, as on the server. */
export interface ParsedItems {
  format: Format;
  count: number;
  /** the parsed values; null if the server parses the text (CSV) */
  items: unknown[] | null;
  issues: InputIssue[];
  /** the first rows, for the preview */
  preview: { row: number; text: string }[];
  /** the column names of a CSV */
  header: string[] | null;
}

const PREVIEW = 200;
/** The number of characters that are read to detect the format. */
const SAMPLE = 20_000;
const SAMPLE_ROWS = 6;
const MAX_ISSUES = 100;
const PREVIEW_TEXT = 400;

/** Parses a CSV as the server does. `cut`: the text continues, so its last line is left out. */
function recordsOf(text: string, { cut = false } = {}): Generator<CsvRecord> {
  const { delimiter, quote, skip } = guessDialect(text, { whole: !cut, doubleQuotes: true, headerFirst: true });
  return csvRecordsOf(text.slice(skip), { delimiter, quote, cut });
}

const cellsOf = (record: CsvRecord | undefined): string[] => (record && 'cells' in record ? record.cells : []);

const shown = (value: unknown): string => (stringifyJson(value) ?? '').slice(0, PREVIEW_TEXT);

/** Detects the format of pasted text. A first line with known field names is a CSV header. */
function detect(text: string, fieldNames: readonly string[]): Format {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('[')) return 'json';
  if (trimmed.startsWith('{')) return opensLines(trimmed) ? 'ndjson' : 'json';
  if (!trimmed.includes('\n')) return 'lines';
  const { header, rows } = sampleOf(trimmed);
  const known = header.filter((name) => fieldNames.includes(name.trim()));
  // The first lines have the same number of cells, more than one: a table with unknown columns.
  const isTable = header.length > 1 && rows.length > 0 && rows.every((cells) => cells.length === header.length);
  return isTable || (known.length > 0 && known.length >= header.length / 2) ? 'csv' : 'lines';
}

/** Returns whether the text is JSON lines, and not one object on several lines. */
function opensLines(text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  return first.trim() !== '{' && !/[,:[]\s*$/.test(first);
}

/** Returns the first lines as a table. */
function sampleOf(text: string): { header: string[]; rows: string[][] } {
  const head = text.slice(0, SAMPLE);
  const records = recordsOf(head, { cut: head.length < text.length });
  const [header = [], ...rows] = [...records].slice(0, SAMPLE_ROWS).map(cellsOf);
  return { header, rows };
}

function ofValues(format: Format, items: unknown[], issues: InputIssue[]): ParsedItems {
  const preview = items.slice(0, PREVIEW).map((item, i) => ({ row: i + 1, text: shown(item) }));
  return { format, count: items.length, items, issues, preview, header: null };
}

function readJson(text: string): ParsedItems {
  const fail = (message: string): ParsedItems => ofValues('json', [], [{ path: '', message }]);
  try {
    const value: unknown = parseJson(text);
    return Array.isArray(value) ? ofValues('json', value, []) : ofValues('json', [value], []);
  } catch {
    // Browsers word their errors differently, and some omit the position.
    const at = findJsonMistake(text)?.at ?? text.length;
    return fail(`is not valid JSON (line ${lineOf(text, at).line})`);
  }
}

function readNdjson(text: string): ParsedItems {
  const items: unknown[] = [];
  const issues: InputIssue[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      items.push(parseJson(line));
    } catch {
      // The error is reported for this row. Keeping the row keeps the numbers of later rows.
      items.push(line);
      if (issues.length < MAX_ISSUES) issues.push({ row: items.length, path: '', message: 'is not valid JSON' });
    }
  }
  const parsed = ofValues('ndjson', items, issues);
  const broken = new Set(issues.map((issue) => issue.row));
  const preview = parsed.preview.map((p) => (broken.has(p.row) ? { ...p, text: String(items[p.row - 1]) } : p));
  return { ...parsed, preview };
}

function readTable(text: string): ParsedItems {
  const [first, ...records] = recordsOf(text);
  const header = cellsOf(first);
  const issues: InputIssue[] = [];
  const rows: { row: number; text: string }[] = [];
  const report = (row: number, message: string): void => {
    if (issues.length < MAX_ISSUES) issues.push({ row, path: '', message });
  };
  if (first && 'bad' in first) issues.push({ path: '', message: `The header line can’t be read: it ${first.bad}` });
  for (const [i, record] of records.entries()) {
    const row = i + 1;
    if ('bad' in record) report(row, record.bad);
    // Blank rows are no items, but they count as rows, as on the server.
    else if (isBlankRow(record.cells)) continue;
    else if (record.cells.length !== header.length) {
      report(row, `has ${record.cells.length} cells, the header has ${header.length}`);
    }
    rows.push({ row, text: 'bad' in record ? '' : record.cells.join(' · ').slice(0, PREVIEW_TEXT) });
  }
  return { format: 'csv', count: rows.length, items: null, issues, preview: rows.slice(0, PREVIEW), header };
}

/** Parses pasted text as items. `lineField` is the field for a plain line. */
export function parseItems(
  pasted: string,
  format: PasteFormat,
  { fieldNames, lineField }: { fieldNames: readonly string[]; lineField: string },
): ParsedItems {
  const text = pasted.replace(/^\ufeff/, '');
  const chosen = format === 'auto' ? detect(text, fieldNames) : format;
  if (text.trim() === '') return ofValues(chosen, [], []);
  switch (chosen) {
    case 'json':
      return readJson(text);
    case 'ndjson':
      return readNdjson(text);
    case 'csv':
      return readTable(text);
    case 'lines': {
      const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
      const items = lines.filter((line) => line.trim() !== '').map((line) => ({ [lineField]: line }));
      return ofValues('lines', items, []);
    }
  }
}
