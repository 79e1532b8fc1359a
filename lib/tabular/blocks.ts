import { stringifyJson } from '@/lib/contracts/json';

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

/** A cell as text: empty for nothing, JSON for what is not a simple value. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? stringifyJson(value) : String(value);
}
