/** One message of a server-sent event stream. */
export interface SseMessage {
  id: string;
  event: string;
  data: string;
}

/**
 * Parses a stream as the HTML standard says: fed with text in any pieces, it gives whole messages.
 * Unlike EventSource it lets the caller see that comments (heartbeats) arrived: any piece is a sign of life.
 */
export class SseParser {
  #rest = '';
  #skipLineFeed = false;
  #first = true;
  #id = '';
  #event = '';
  #data: string[] = [];

  feed(piece: string): SseMessage[] {
    let text = piece;
    if (this.#first && text) {
      this.#first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    // A CR at the end of one piece and an LF at the start of the next are one line end.
    if (this.#skipLineFeed && text) {
      this.#skipLineFeed = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text.endsWith('\r')) this.#skipLineFeed = true;
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    const messages: SseMessage[] = [];
    for (const line of lines) {
      const message = this.#line(line);
      if (message) messages.push(message);
    }
    return messages;
  }

  #line(line: string): SseMessage | null {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return null;
  }

  #dispatch(): SseMessage | null {
    const data = this.#data;
    const event = this.#event || 'message';
    this.#data = [];
    this.#event = '';
    return data.length > 0 ? { id: this.#id, event, data: data.join('\n') } : null;
  }
}
