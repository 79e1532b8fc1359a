import { EventLoop } from '@/lib/config/event-loop';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { parseLongJson } from '@/lib/http/json';
import { DATA_VALUES, LINE_BYTES } from '@/lib/http/limits';
import { splitLines } from './split-lines';

/** Reads the items of a body with one JSON value per line. Blank lines are not items. Rows count items from 1. */
export async function* ndjsonItems(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LaunchItem> {
  let row = 0;
  const eventLoop = new EventLoop();
  for await (const line of splitLines(chunks, LINE_BYTES)) {
    if (eventLoop.due) await eventLoop.yield();
    if ('text' in line && !/\S/.test(line.text)) continue;
    row += 1;
    yield 'text' in line ? await parseLine(row, line.text) : { row, issue: { path: '', message: line.broken } };
  }
}

async function parseLine(row: number, text: string): Promise<LaunchItem> {
  try {
    return { row, data: await parseLongJson(text, 'The line', DATA_VALUES) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { row, issue: { path: '', message: error.message } };
  }
}
