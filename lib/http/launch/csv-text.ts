import { EventLoop } from '@/lib/config/event-loop';
import { DomainError } from '@/lib/domain/errors';
import { SEPARATOR_LINE } from '@/lib/tabular/read-csv';

/** Bytes as text, without a byte order mark. @throws DomainError `invalid-request` when they are not UTF-8 */
export async function* textChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      if (text) yield text;
    }
    const rest = decoder.decode();
    if (rest) yield rest;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new DomainError('invalid-request', 'The CSV is not valid UTF-8. Save it as "CSV UTF-8" and try again.', {
      cause,
    });
  }
}

const MAX_PEEK = 64 * 1024;

/** Looks at the first line to tell comma, semicolon and tab apart. A line `sep=;` says it, and is left out. */
export async function delimiterOf(
  chunks: AsyncGenerator<string>,
): Promise<{ text: AsyncGenerator<string>; delimiter: string }> {
  let head = '';
  while (!head.includes('\n') && head.length < MAX_PEEK) {
    const { done, value } = await chunks.next();
    if (done) break;
    head += value;
  }
  const [line, separator] = SEPARATOR_LINE.exec(head) ?? [''];
  if (separator !== undefined) return { text: rejoin(head.slice(line.length), chunks), delimiter: separator };
  const bare = (head.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const delimiter = bare.includes(',') ? ',' : bare.includes(';') ? ';' : bare.includes('\t') ? '\t' : ',';
  return { text: rejoin(head, chunks), delimiter };
}

/** What the parser takes at once: it goes through all of a piece before anything else runs. */
const PIECE = 4096;

async function* rejoin(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head) yield* pieces(head);
  for await (const chunk of rest) yield* pieces(chunk);
}

async function* pieces(text: string): AsyncGenerator<string> {
  const eventLoop = new EventLoop();
  for (let at = 0; at < text.length; at += PIECE) {
    if (eventLoop.due) await eventLoop.yield();
    yield text.slice(at, at + PIECE);
  }
}
