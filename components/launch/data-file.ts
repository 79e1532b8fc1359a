/** A table or list too large for a text field: it goes to the server as it is. */
export interface DataFile {
  file: File;
  contentType: 'application/x-ndjson' | 'text/csv';
  /** lines, without a CSV's header; a cell with line breaks makes it a guess */
  rows: number;
  preview: { row: number; text: string }[];
}

/** Beyond this a file is not put into the text field. */
export const TEXT_MOST = 2 * 1024 ** 2;
const PEEK = 64 * 1024;
const PREVIEW = 50;
const NEWLINE = 10;

/** Counts lines that hold something, at the speed of the disk. */
async function countLines(file: File): Promise<number> {
  let count = 0;
  let filled = false;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return filled ? count + 1 : count;
    for (const byte of value) {
      if (byte !== NEWLINE) filled ||= byte > 32;
      else if (filled) {
        count += 1;
        filled = false;
      }
    }
  }
}

/** Looks at a large CSV or JSONL file. @throws Error saying what kinds of file can be used */
export async function readDataFile(file: File): Promise<DataFile> {
  const kind = file.name.toLowerCase().split('.').pop() ?? '';
  const csv = kind === 'csv' || kind === 'tsv';
  if (!csv && kind !== 'jsonl' && kind !== 'ndjson') {
    throw new Error(
      `${file.name} is larger than 2 MB. Files of that size must be CSV or JSONL (one JSON value a line).`,
    );
  }
  const rows = Math.max(0, (await countLines(file)) - (csv ? 1 : 0));
  const head = (await file.slice(0, PEEK).text()).split('\n').filter((line) => line.trim() !== '');
  const preview = head
    .slice(csv ? 1 : 0, PREVIEW)
    .slice(0, -1)
    .map((text, i) => ({ row: i + 1, text: text.slice(0, 400) }));
  return { file, contentType: csv ? 'text/csv' : 'application/x-ndjson', rows, preview };
}
