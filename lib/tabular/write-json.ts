import { stringifyJson } from '@/lib/contracts/json';
import { inBlocks } from './blocks';
import type { Values } from './row';

/** One JSON object per line. */
export const writeJsonl = (rows: AsyncIterable<Values>): AsyncGenerator<Uint8Array> => inBlocks(lines(rows));

async function* lines(rows: AsyncIterable<Values>): AsyncGenerator<string> {
  for await (const values of rows) yield `${stringifyJson(values)}\n`;
}

/** A JSON array with one element per line. */
export const writeJson = (rows: AsyncIterable<Values>): AsyncGenerator<Uint8Array> => inBlocks(elements(rows));

async function* elements(rows: AsyncIterable<Values>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const values of rows) {
    yield before + stringifyJson(values);
    before = ',\n';
  }
  yield before === ',\n' ? '\n]\n' : '[]\n';
}
