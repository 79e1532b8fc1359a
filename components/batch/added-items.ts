import { parseJson, stringifyJson } from '@/lib/contracts/json';

type ContentType = 'application/json' | 'application/x-ndjson' | 'text/csv';

/** A request body with items, or the reason why the items can't be sent. */
export type Body = { body: Blob | string; contentType: ContentType; seen: string } | { reason: string };

/** Creates the body for pasted text: a JSON array, JSON lines, or CSV with a header. */
export function bodyOfText(text: string): Body {
  const start = text.trimStart();
  if (start === '') return { reason: 'Paste items, or choose a file' };
  if (start.startsWith('[')) return ofArray(text);
  if (/^[{"]/.test(start)) return { body: text, contentType: 'application/x-ndjson', seen: 'JSON, one item a line' };
  const header = start.split(/\r?\n/, 1)[0] ?? '';
  if (!start.trimEnd().includes('\n')) return { reason: 'CSV needs a header line and at least one row' };
  return { body: text, contentType: 'text/csv', seen: `CSV with the columns ${header.slice(0, 120)}` };
}

function ofArray(text: string): Body {
  try {
    const items: unknown = parseJson(text);
    if (!Array.isArray(items) || items.length === 0) return { reason: 'The JSON array is empty' };
    return {
      body: stringifyJson({ items }),
      contentType: 'application/json',
      seen: `JSON array with ${items.length.toLocaleString('en-US')} ${items.length === 1 ? 'item' : 'items'}`,
    };
  } catch (error) {
    return { reason: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const FILES: Readonly<Record<string, ContentType>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
};

/** Creates the body for a file. The file is sent unchanged; the server validates it row by row. */
export function bodyOfFile(file: File): Body {
  const extension = file.name.toLowerCase().split('.').at(-1) ?? '';
  const contentType = FILES[extension];
  if (!contentType) return { reason: 'Choose a CSV or JSONL file' };
  return file.size === 0 ? { reason: 'The file is empty' } : { body: file, contentType, seen: extension.toUpperCase() };
}
