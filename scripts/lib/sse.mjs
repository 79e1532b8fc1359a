import { createParser } from 'eventsource-parser';

/**
 * Reads a stream of server-sent events: `{ event, data, id }`, with `data` parsed.
 * @param {AsyncIterable<Uint8Array>} chunks
 */
export async function* readEvents(chunks) {
  const decoder = new TextDecoder();
  /** @type {{ event: string, data: any, id: string | undefined }[]} */
  const messages = [];
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => messages.push({ event, data: JSON.parse(data), id }),
  });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* messages.splice(0);
  }
}
