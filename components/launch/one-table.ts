const KIND: Record<string, 'text' | 'json' | 'jsonl' | 'xlsx'> = {
  csv: 'text',
  tsv: 'text',
  txt: 'text',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  xlsx: 'xlsx',
};

/** Returns why these files, by their names, can't be read as one table; null if they can. */
export function notOneTable(names: readonly string[]): string | null {
  const kinds = names.map((name) => KIND[name.toLowerCase().split('.').at(-1) ?? '']);
  const other = names.find((_, i) => kinds[i] === undefined);
  if (other !== undefined) return `${other} is no CSV, TSV, JSON, JSONL or XLSX`;
  if (names.length > 1 && kinds.includes('xlsx')) {
    return 'Upload one workbook at a time, or save its sheets as CSV';
  }
  const [first] = kinds;
  const differs = names.find((_, i) => kinds[i] !== first);
  return differs === undefined ? null : `${names[0]} and ${differs} are of different kinds: bring one kind at a time`;
}
