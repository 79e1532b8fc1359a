const BLOCK = 64 * 1024;

/** Encodes pieces of text as UTF-8 and joins them into larger blocks. */
export async function* inBlocks(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let open = '';
  for await (const piece of pieces) {
    open += piece;
    if (open.length < BLOCK) continue;
    yield Buffer.from(open);
    open = '';
  }
  if (open !== '') yield Buffer.from(open);
}
