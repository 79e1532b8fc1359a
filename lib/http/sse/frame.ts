import { stringifyJson } from '@/lib/contracts/json';

let last = 0;

/**
 * An id for the next message. It grows over restarts and over web processes whose clocks agree, and always has the
 * same number of digits, so that it sorts as a number and as text.
 */
export function nextEventId(now = Date.now()): number {
  last = Math.max(last + 1, now * 1000);
  return last;
}

/** A message of an event stream. Line breaks would begin a new field, so none gets in. */
export function frame(event: string, data: unknown, id = nextEventId()): string {
  return `id: ${id}\nevent: ${oneLine(event)}\ndata: ${oneLine(stringifyJson(data))}\n\n`;
}

const texts = new WeakMap<object, string>();

/** The same of what several streams begin with: its text is made once, its id for each. */
export function sharedFrame(event: string, data: object): string {
  let text = texts.get(data);
  if (text === undefined) {
    text = oneLine(stringifyJson(data));
    texts.set(data, text);
  }
  return `id: ${nextEventId()}\nevent: ${oneLine(event)}\ndata: ${text}\n\n`;
}

/** A comment: keeps the connection alive, and is no message. */
export const comment = (text: string): string => `: ${oneLine(text)}\n\n`;

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');
