/** One file of an export. Each of its lines is a JSON object. */
export interface ExportPart {
  name: string;
  lines: AsyncIterable<string>;
  /** lines of the whole export, as far as they are known */
  total: number;
}

export interface Line {
  /** orders the lines: the next page begins after it */
  key: string;
  line: string;
}

export const PAGE = 1000;
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Yields lines page by page, so that memory does not grow with their number. */
export async function* paged(first: string, read: (after: string) => Promise<Line[]>): AsyncGenerator<string> {
  let after = first;
  for (;;) {
    const rows = await read(after);
    for (const { line } of rows) yield line;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.key;
  }
}

/** Yields the lines of one small query. */
export async function* all(read: Promise<{ rows: { line: string }[] }>): AsyncGenerator<string> {
  for (const { line } of (await read).rows) yield line;
}
