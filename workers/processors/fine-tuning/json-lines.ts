const MAX_LINE_BYTES = 8 * 1024 * 1024;
const NEWLINE = 10;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line of an example file. Rows count from 1. */
export interface Line {
  row: number;
  /** the raw line with its line ending; without a byte order mark */
  bytes: Buffer;
  /** the reason why it cannot be read */
  wrong?: string;
  text: string;
}

/**
 * Returns the lines of a UTF-8 file. The content of an overlong line is discarded, so that memory use stays constant.
 */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let row = 0;
  let parts: Uint8Array[] = [];
  let size = 0;
  const line = (): Line => {
    row++;
    const bytes = Buffer.concat(parts);
    const tooLong = size > MAX_LINE_BYTES;
    parts = [];
    size = 0;
    if (tooLong) return { row, bytes, text: '', wrong: 'the line is longer than 8 MB' };
    return read(row, row === 1 && bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes);
  };
  const keep = (part: Uint8Array) => {
    size += part.length;
    if (size <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of body) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, to + 1));
      yield line();
      from = to + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield line();
}

function read(row: number, bytes: Buffer): Line {
  const [a, b] = bytes;
  if (row === 1 && ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))) {
    return { row, bytes, text: '', wrong: 'the file is written in UTF-16: save it as UTF-8' };
  }
  try {
    return { row, bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { row, bytes, text: '', wrong: 'holds bytes that are not UTF-8: save the file as UTF-8' };
  }
}

/** Returns what is uploaded: the unchanged lines of a validated file, without blank ones. */
export async function* sentLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const { text, bytes } of jsonLines(body)) if (text.trim() !== '') yield bytes;
}
