import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents, ServerMessage } from '@/lib/contracts/events';
import { isFinished } from '@/lib/contracts/status';
import { isOutage, type Send } from './send';

/** What a watched batch says: its progress each time that it changes, and at last how it ended. */
export type BatchEvent =
  | { event: 'progress'; data: ServerEvents['processing:progress'] | BatchDto }
  | { event: 'done'; data: BatchDto };

/** The server says something at least every twelve seconds; a connection that is silent for longer is dead. */
const SILENCE_MS = 30_000;
const PAUSE_MS = { first: 250, most: 5000 };

/**
 * Follows a batch to its end. A lost connection is opened again, later each time; its first event is the present state.
 * @param read the batch @throws ApiError for a refusal; outages are waited for
 */
export async function* watchBatch(
  send: Send,
  batchId: string,
  read: () => Promise<BatchDto>,
  signal?: AbortSignal,
): AsyncGenerator<BatchEvent, void> {
  for (let pause = PAUSE_MS.first; ; pause = Math.min(2 * pause, PAUSE_MS.most)) {
    try {
      for await (const message of messagesOf(send, `/api/events?batchId=${encodeURIComponent(batchId)}`, signal)) {
        pause = PAUSE_MS.first;
        const progress = progressIn(message, batchId);
        if (progress) yield { event: 'progress', data: progress };
        if (message.event === 'done' || (progress && isFinished(progress.status))) {
          yield { event: 'done', data: await read() };
          return;
        }
      }
      // The stream may begin without a batch that does not exist: asking for it says so.
      await read();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isOutage(error)) throw error;
    }
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

function progressIn({ event, data }: ServerMessage, batchId: string) {
  if (event === 'snapshot') return data.batches.find(({ id }) => id === batchId);
  return event === 'processing:progress' && data.batchId === batchId ? data : undefined;
}

async function* messagesOf(send: Send, path: string, signal?: AbortSignal): AsyncGenerator<ServerMessage, void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  const messages: ServerMessage[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => messages.push({ event, data: JSON.parse(data) } as ServerMessage),
  });
  const decoder = new TextDecoder();
  try {
    const { body } = await send(path, { signal: either });
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
