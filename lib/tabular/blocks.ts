const BLOCK = 64 * 1024;

/** Pieces of text as UTF-8, gathered into blocks worth sending. */
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
