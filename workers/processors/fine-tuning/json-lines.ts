const MAX_LINE_BYTES = 8 * 1024 * 1024;
const NEWLINE = 10;

/** The lines of a UTF-8 file, numbered from 1; a line that is too long comes as null, so that memory stays flat. */
export async function* jsonLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ row: number; text: string | null }> {
  const decoder = new TextDecoder();
  let row = 0;
  let parts: Uint8Array[] = [];
  let size = 0;
  const line = () => {
    row++;
    const text = size > MAX_LINE_BYTES ? null : decoder.decode(Buffer.concat(parts));
    parts = [];
    size = 0;
    return { row, text };
  };
  const keep = (part: Uint8Array) => {
    size += part.length;
    if (size <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of body) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, to));
      yield line();
      from = to + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield line();
}
