import { EventLoop } from '@/lib/config/event-loop';

/** A body contains more values than allowed. */
export class TooManyValues extends Error {
  override name = 'TooManyValues';
}

/** A body is nested deeper than allowed. */
export class TooDeep extends Error {
  override name = 'TooDeep';
}

export interface SliceOptions {
  /** parses one piece */
  parse: (text: string) => unknown;
  maxDepth: number;
  /** maximum number of values: members and items over all levels */
  maxValues: number;
  /** maximum characters of a piece that is parsed without a pause */
  slice?: number;
}

const SLICE = 32 * 1024;
const SCAN = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

type Fields = Record<string, unknown>;

/** An open list or object. It gets a value of its own only when it is too large to parse in one piece. */
interface Frame {
  list: boolean;
  /** offset of the first character that was not parsed yet */
  from: number;
  /** offset of its last own comma since `from` */
  comma: number;
  value?: unknown[] | Fields;
  /** the key of a large child */
  key?: string;
  /** a large child is being parsed */
  waits: boolean;
  /** a large child has just ended, so only a comma or the end may follow */
  filled: boolean;
}

/**
 * Parses JSON with `parse`, piece by piece with pauses, so that a large text does not block the event loop longer than
 * a small one. It checks the errors that one piece cannot show: an extra comma, a bracket that does not match.
 * @throws SyntaxError; TooDeep; TooManyValues
 */
export async function parseInSlices(text: string, options: SliceOptions): Promise<unknown> {
  const { maxDepth, maxValues, slice = SLICE } = options;
  const frames: Frame[] = [];
  const eventLoop = new EventLoop();
  const reader = new Reader(text, options.parse, frames);
  let values = 0;
  let next = SCAN;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === COMMA) {
      values += 1;
      reader.comma(at, slice);
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      values += 1;
      reader.open(at, code === OPEN_LIST);
      if (frames.length > maxDepth) throw new TooDeep();
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      reader.close(at, code === CLOSE_LIST);
    }
    if (at < next) continue;
    next = at + SCAN;
    if (values > maxValues) throw new TooManyValues();
    if (eventLoop.due) await eventLoop.yield();
  }
  if (values > maxValues) throw new TooManyValues();
  // The rest may be one string as long as the whole text.
  await eventLoop.yield();
  return reader.end();
}

/** Returns the offset of the closing quote, or the length of the text. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

class Reader {
  private root: { value: unknown; after: number } | undefined;

  constructor(
    private readonly text: string,
    private readonly parse: (text: string) => unknown,
    private readonly frames: Frame[],
  ) {}

  open(at: number, list: boolean): void {
    const top = this.frames.at(-1);
    if (top?.filled || (!top && this.root)) throw wrong();
    this.frames.push({ list, from: at + 1, comma: -1, waits: false, filled: false });
  }

  comma(at: number, slice: number): void {
    const top = this.frames.at(-1);
    if (!top) throw wrong();
    if (top.filled) {
      this.blank(top.from, at);
      top.filled = false;
      top.from = at + 1;
    } else if (at - top.from >= slice) {
      this.makeRoom();
      this.take(top, at);
      top.from = at + 1;
    }
    top.comma = at;
  }

  close(at: number, list: boolean): void {
    const top = this.frames.pop();
    if (!top || top.list !== list) throw wrong();
    if (!top.value) return;
    if (top.filled) this.blank(top.from, at);
    else this.take(top, at);
    const parent = this.frames.at(-1);
    if (!parent) {
      this.root = { value: top.value, after: at + 1 };
      return;
    }
    put(parent, parent.key ?? '', top.value);
    parent.waits = false;
    parent.filled = true;
    parent.from = at + 1;
  }

  end(): unknown {
    if (this.frames.length > 0) throw wrong();
    if (!this.root) return this.parse(this.text);
    this.blank(this.root.after, this.text.length);
    return this.root.value;
  }

  /** Creates the values of all open frames, and parses each of them up to the start of its child. */
  private makeRoom(): void {
    for (const [i, frame] of this.frames.entries()) {
      frame.value ??= frame.list ? [] : {};
      const child = this.frames[i + 1];
      if (!child || frame.waits) continue;
      // The bracket of the child precedes its content. Nothing of the child was parsed yet.
      const begin = child.from - 1;
      const hasBefore = frame.comma >= frame.from;
      if (hasBefore) this.take(frame, frame.comma);
      const rest = this.text.slice(hasBefore ? frame.comma + 1 : frame.from, begin).trim();
      if (frame.list ? rest !== '' : !rest.endsWith(':')) throw wrong();
      if (!frame.list) {
        const key = this.parse(rest.slice(0, -1));
        if (typeof key !== 'string') throw wrong();
        frame.key = key;
      }
      frame.waits = true;
    }
  }

  /** Parses the content of a frame up to `to`. The content must not be empty. */
  private take(frame: Frame, to: number): void {
    const piece = this.text.slice(frame.from, to);
    if (frame.list) {
      const items = this.parse(`[${piece}]`) as unknown[];
      if (items.length === 0) throw wrong();
      for (const item of items) (frame.value as unknown[]).push(item);
      return;
    }
    const members = Object.entries(this.parse(`{${piece}}`) as Fields);
    if (members.length === 0) throw wrong();
    for (const [key, value] of members) put(frame, key, value);
  }

  private blank(from: number, to: number): void {
    if (/[^ \t\n\r]/.test(this.text.slice(from, to))) throw wrong();
  }
}

function put({ list, value }: Frame, key: string, inner: unknown): void {
  if (list) (value as unknown[]).push(inner);
  // JSON.parse treats it as an ordinary member too.
  else if (key === '__proto__')
    Object.defineProperty(value, key, { value: inner, enumerable: true, configurable: true, writable: true });
  else (value as Fields)[key] = inner;
}

const wrong = (): SyntaxError => new SyntaxError('not valid JSON');
