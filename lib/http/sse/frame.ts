import { stringifyJson } from '@/lib/contracts/json';

let last = 0;

/**
 * Returns the id of the next message. Ids increase over restarts and over web processes with synchronized clocks. They
 * all have the same number of digits, so that they sort as numbers and as text.
 */
export function nextEventId(now = Date.now()): number {
  last = Math.max(last + 1, now * 1000);
  return last;
}

/** Returns a message of an event stream. Line breaks are removed, because each would start a new field. */
export function frame(event: string, data: unknown, id = nextEventId()): string {
  return `id: ${id}\nevent: ${oneLine(event)}\ndata: ${oneLine(stringifyJson(data))}\n\n`;
}

const texts = new WeakMap<object, string>();

/** Returns a message that several streams start with. Its text is built once, its id for each stream. */
export function sharedFrame(event: string, data: object): string {
  let text = texts.get(data);
  if (text === undefined) {
    text = oneLine(stringifyJson(data));
    texts.set(data, text);
  }
  return `id: ${nextEventId()}\nevent: ${oneLine(event)}\ndata: ${text}\n\n`;
}

const encoder = new TextEncoder();
/** Messages whose bytes are kept: those of one broadcast. */
const NEWEST = 8;
const encoded = new Map<string, Uint8Array>();

/** Returns the bytes of a message. All streams that get the same message share them, also in their queues. */
export function bytesOf(text: string): Uint8Array {
  const known = encoded.get(text);
  if (known) return known;
  const bytes = encoder.encode(text);
  encoded.set(text, bytes);
  const oldest = encoded.size > NEWEST ? encoded.keys().next() : undefined;
  if (oldest && !oldest.done) encoded.delete(oldest.value);
  return bytes;
}

/** Returns a comment of an event stream. It keeps the connection alive, and clients ignore it. */
export const comment = (text: string): string => `: ${oneLine(text)}\n\n`;

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');
