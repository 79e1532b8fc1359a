import { cellText } from '@/lib/contracts/cell';
import { guessDialect } from '@/lib/contracts/csv/dialect';
import { csvRecordsOf } from '@/lib/contracts/csv/records';
import { parseJson } from '@/lib/contracts/json';

/** How a file is shown. */
export type PreviewKind = 'image' | 'table' | 'json' | 'text' | 'none';

export type FilePreview =
  | { kind: 'table'; columns: string[]; rows: string[][]; more: boolean }
  | { kind: 'text'; text: string };

const ROWS = 50;
const COLUMNS = 50;
const CELL = 300;

/** Image types that can't contain scripts. SVG can, so it is shown as text. */
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp']);
const TABLES = new Set(['text/csv', 'text/tab-separated-values']);
const JSONS = new Set(['application/json', 'application/x-ndjson']);
const TEXTS = new Set(['application/xml', 'application/yaml', 'image/svg+xml']);

export function previewKindOf(contentType: string): PreviewKind {
  if (IMAGES.has(contentType)) return 'image';
  if (TABLES.has(contentType)) return 'table';
  if (JSONS.has(contentType)) return 'json';
  return contentType.startsWith('text/') || TEXTS.has(contentType) ? 'text' : 'none';
}

/**
 * Returns a preview of the first bytes of a file: a table if it is one, else text.
 * @param cut whether the file continues, so that the last row is incomplete and left out
 */
export function previewOf(head: Uint8Array, kind: PreviewKind, contentType: string, { cut = false } = {}): FilePreview {
  const text = new TextDecoder().decode(head, { stream: true });
  if (kind === 'table') return csvTable(text, { cut, ...(contentType !== 'text/csv' && { delimiter: '\t' }) });
  if (kind === 'json') return jsonTable(text) ?? { kind: 'text', text };
  return { kind: 'text', text };
}

function csvTable(text: string, { delimiter, cut }: { delimiter?: string; cut: boolean }): FilePreview {
  const dialect = guessDialect(text, { whole: !cut, delimiter });
  const rows: string[][] = [];
  for (const record of csvRecordsOf(text.slice(dialect.skip), { ...dialect, cut })) {
    const cells = 'bad' in record ? [`(This row ${record.bad}.)`] : record.cells;
    rows.push(cells.slice(0, COLUMNS).map((cell) => cell.slice(0, CELL)));
    if (rows.length > ROWS + 1) break;
  }
  const [columns = [], ...below] = rows;
  return { kind: 'table', columns, rows: below.slice(0, ROWS), more: below.length > ROWS };
}

/** Returns JSON lines or an array of objects as a table; undefined for other JSON. */
function jsonTable(text: string): FilePreview | undefined {
  const items = text.trimStart().startsWith('[')
    ? parse(text)
    : text
        .split('\n')
        .slice(0, ROWS + 2)
        .map(parse);
  if (!Array.isArray(items)) return undefined;
  const rows = items.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
  if (rows.length === 0 || rows.some(Array.isArray)) return undefined;
  const columns = [...new Set(rows.slice(0, ROWS).flatMap((row) => Object.keys(row)))].slice(0, COLUMNS);
  return {
    kind: 'table',
    columns,
    rows: rows.slice(0, ROWS).map((row) => columns.map((name) => shown(row[name]).slice(0, CELL))),
    more: rows.length > ROWS,
  };
}

/** Shows a JSON null as `null`, to distinguish it from an empty cell. */
const shown = (value: unknown): string => (value === null ? 'null' : cellText(value));

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // The row is truncated or invalid JSON, so it is left out.
    return undefined;
  }
}
