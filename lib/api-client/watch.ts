import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents, ServerMessage } from '@/lib/contracts/events';
import { isFinished } from '@/lib/contracts/status';
import { inTime, isOutage, pauseAfter, type Send } from './send';

/** What a watched batch says: its progress each time that it changes, and at last how it ended. */
export type BatchEvent =
  | { event: 'progress'; data: ServerEvents['processing:progress'] | BatchDto }
  | { event: 'done'; data: BatchDto };

export interface WatchLimits {
  /** The server says something at least every twelve seconds; a connection that is silent for longer is dead. */
  silenceMs: number;
  /** until an answer begins; twice as long each time, up to `silenceMs`, because the server may only be slow */
  answerMs: number;
  firstPauseMs: number;
  mostPauseMs: number;
}
const LIMITS: WatchLimits = { silenceMs: 30_000, answerMs: 10_000, firstPauseMs: 250, mostPauseMs: 5000 };

/**
 * Follows a batch to its end. A lost connection is opened again, later each time; its first event is the present state.
 * @param read the batch @throws ApiError for a refusal; outages are waited for
 */
export async function* watchBatch(
  send: Send,
  batchId: string,
  read: (signal: AbortSignal) => Promise<BatchDto>,
  signal?: AbortSignal,
  { silenceMs, answerMs, firstPauseMs, mostPauseMs }: WatchLimits = LIMITS,
): AsyncGenerator<BatchEvent, void> {
  const path = `/api/events?batchId=${encodeURIComponent(batchId)}`;
  for (let failures = 0; ; failures += 1) {
    const wait = { answerMs: Math.min(answerMs * 2 ** failures, silenceMs), silenceMs };
    const present = () => inTime(wait.silenceMs, signal, read);
    let pause = Math.min(firstPauseMs * 2 ** failures, mostPauseMs);
    try {
      for await (const message of messagesOf(send, path, wait, signal)) {
        failures = 0;
        const progress = progressIn(message, batchId);
        if (progress) yield { event: 'progress', data: progress };
        if (message.event === 'done' || (progress && isFinished(progress.status))) {
          yield { event: 'done', data: await present() };
          return;
        }
      }
      // The stream may begin without a batch that does not exist: asking for it says so.
      await present();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isOutage(error)) throw error;
      pause = pauseAfter(error, pause);
    }
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

function progressIn({ event, data }: ServerMessage, batchId: string) {
  if (event === 'snapshot') return data.batches.find(({ id }) => id === batchId);
  return event === 'processing:progress' && data.batchId === batchId ? data : undefined;
}

async function* messagesOf(
  send: Send,
  path: string,
  { answerMs, silenceMs }: Pick<WatchLimits, 'answerMs' | 'silenceMs'>,
  signal?: AbortSignal,
): AsyncGenerator<ServerMessage, void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), answerMs);
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
      timer = setTimeout(() => silence.abort(), silenceMs);
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
