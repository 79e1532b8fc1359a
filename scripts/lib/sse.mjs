import { createParser } from 'eventsource-parser';

/**
 * @template [T=unknown]
 * @typedef {{ event: string, data: T, id: string | undefined }} Message
 */

/**
 * Reads a stream of server-sent events, with `data` parsed as JSON.
 * @param {AsyncIterable<Uint8Array>} chunks as they arrive; a character may be split between two
 * @returns {AsyncGenerator<Message, void>}
 */
export async function* readEvents(chunks) {
  const decoder = new TextDecoder();
  /** @type {Message[]} */
  const messages = [];
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => messages.push({ event, data: JSON.parse(data), id }),
  });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* messages.splice(0);
  }
}
