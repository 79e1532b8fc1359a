import { parseJson, stringifyJson } from '@/lib/contracts/json';
/** How a kind of file is looked at. */
export type LookKind = 'image' | 'table' | 'json' | 'text' | 'none';

export type Look =
  | { kind: 'table'; columns: string[]; rows: string[][]; more: boolean }
  | { kind: 'text'; text: string };

const ROWS = 50;
const COLUMNS = 50;
const CELL = 300;

/** Pictures that hold nothing to run; SVG does, so it is text. */
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp']);
const TABLES = new Set(['text/csv', 'text/tab-separated-values']);
const JSONS = new Set(['application/json', 'application/x-ndjson']);
const TEXTS = new Set(['application/xml', 'application/yaml', 'image/svg+xml']);

export function lookFor(contentType: string): LookKind {
  if (IMAGES.has(contentType)) return 'image';
  if (TABLES.has(contentType)) return 'table';
  if (JSONS.has(contentType)) return 'json';
  return contentType.startsWith('text/') || TEXTS.has(contentType) ? 'text' : 'none';
}

/** The beginning of a file as a table, where it is one, else as text. What was cut off in the middle is left out. */
export function lookAt(head: Uint8Array, kind: LookKind, contentType: string): Look {
  const text = new TextDecoder().decode(head, { stream: true });
  if (kind === 'table') return csvTable(text, contentType === 'text/csv' ? undefined : '\t');
  if (kind === 'json') return jsonTable(text) ?? { kind: 'text', text };
  return { kind: 'text', text };
}

function csvTable(text: string, given?: string): Look {
  const [first = ''] = text.split('\n', 1);
  const delimiter = given ?? [',', ';', '\t'].find((mark) => first.includes(mark)) ?? ',';
  const [columns = [], ...rows] = cells(text, delimiter);
  return { kind: 'table', columns: columns.slice(0, COLUMNS), rows: rows.slice(0, ROWS), more: rows.length > ROWS };
}

/** Rows of CSV, up to the first screenful. */
function cells(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell.slice(0, CELL));
    cell = '';
  };
  for (let i = 0; i < text.length && rows.length <= ROWS + 1; i++) {
    const c = text[i] ?? '';
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += c;
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === delimiter) endCell();
    else if (c === '\n') {
      endCell();
      rows.push(row);
      row = [];
    } else if (c !== '\r' && c !== '\ufeff') cell += c;
  }
  if (cell !== '' || row.length > 0) {
    endCell();
    rows.push(row);
  }
  return rows;
}

/** JSON lines or an array of objects; undefined where it is something else. */
function jsonTable(text: string): Look | undefined {
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
  const cellOf = (value: unknown): string =>
    (value === undefined ? '' : typeof value === 'string' ? value : stringifyJson(value)).slice(0, CELL);
  return {
    kind: 'table',
    columns,
    rows: rows.slice(0, ROWS).map((row) => columns.map((name) => cellOf(row[name]))),
    more: rows.length > ROWS,
  };
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // Cut off, or no JSON: it is left out, and the rest is shown.
    return undefined;
  }
}
