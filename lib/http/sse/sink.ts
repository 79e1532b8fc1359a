import type { Sink } from './viewer';

/** Bytes that may wait for a slow client. */
const QUEUE_BYTES = 256 * 1024;

interface Listeners {
  onGone(): void;
  onDrained(): void;
}

/** A body that others write to, with a bounded queue for a client that reads slowly. */
export function openSink(): { body: ReadableStream<Uint8Array>; sink: Sink; opened: (listeners: Listeners) => void } {
  const encoder = new TextEncoder();
  let listeners: Listeners | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (c) => {
        controller = c;
      },
      pull: () => listeners?.onDrained(),
      cancel: () => {
        controller = undefined;
        listeners?.onGone();
      },
    },
    { highWaterMark: QUEUE_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  );
  const sink: Sink = {
    write(text) {
      if (!controller || (controller.desiredSize ?? 0) <= 0) return false;
      controller.enqueue(encoder.encode(text));
      return true;
    },
    force: (text) => controller?.enqueue(encoder.encode(text)),
    close() {
      controller?.close();
      controller = undefined;
    },
  };
  return {
    body,
    sink,
    opened: (given) => {
      listeners = given;
    },
  };
}
