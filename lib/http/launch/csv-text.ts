import { type GuessedDialect, guessDialect, SAMPLE_CHARACTERS } from '@/lib/contracts/csv/dialect';
import { DomainError } from '@/lib/domain/errors';

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

/**
 * The dialect of a launch: double quotes, and the delimiter that its first characters show.
 * @returns the whole text again, without a separator line
 */
export async function dialectOf(
  chunks: AsyncGenerator<string>,
): Promise<Pick<GuessedDialect, 'delimiter' | 'quote'> & { text: AsyncGenerator<string> }> {
  let head = '';
  let whole = false;
  while (!whole && head.length < SAMPLE_CHARACTERS) {
    const { done, value } = await chunks.next();
    if (done) whole = true;
    else head += value;
  }
  const { delimiter, quote, skip } = guessDialect(head, { whole, quote: '"', headerFirst: true });
  return { delimiter, quote, text: rejoin(head.slice(skip), chunks) };
}

async function* rejoin(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head) yield head;
  yield* rest;
}
