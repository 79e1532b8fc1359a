import { EventSourceParserStream } from 'eventsource-parser/stream';
import { type ServerEventName, type ServerEvents, type ServerMessage, serverEvents } from '@/lib/contracts/events';

export type Received = ServerMessage & { id: string };

/** Reads server-sent events as they come; `until` waits for one. */
export class EventReader {
  readonly seen: Received[] = [];
  private readonly waiting = new Set<() => void>();
  private ended: string | undefined;

  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {}

  static async open(url: string, headers: Record<string, string>): Promise<EventReader> {
    const abort = new AbortController();
    const reader = new EventReader(await fetch(url, { headers, signal: abort.signal }), abort);
    reader.read().catch((error: Error) => reader.end(error.message));
    return reader;
  }

  /** The first event, past or future, for which the predicate holds. */
  async until<N extends ServerEventName>(
    name: N,
    holds: (data: ServerEvents[N]) => boolean = () => true,
    timeoutMs = 240_000,
  ): Promise<Received & { event: N }> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const hit = this.seen.find(
        (e): e is Received & { event: N } => e.event === name && holds(e.data as ServerEvents[N]),
      );
      if (hit) return hit;
      const left = end - Date.now();
      if (left <= 0 || this.ended)
        throw new Error(
          `No such ${name} event (${this.ended ?? `within ${timeoutMs} ms`}). Seen: ${this.seen.map((e) => e.event).join(', ')}`,
        );
      await this.next(left);
    }
  }

  close(): void {
    this.abort.abort();
  }

  private next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private end(why: string): void {
    this.ended = why;
    this.wake();
  }

  private async read(): Promise<void> {
    if (!this.response.body) return this.end('the answer has no body');
    const text = this.response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    for await (const { id = '', event, data } of text.pipeThrough(new EventSourceParserStream())) {
      this.seen.push(checked(id, event ?? 'message', JSON.parse(data)));
      this.wake();
    }
    this.end('the stream ended');
  }
}

/** An event as the contract describes it. @throws when it is not in the contract or has another shape */
function checked(id: string, event: string, data: unknown): Received {
  if (!(event in serverEvents)) throw new Error(`The stream sent an event that the contract does not know: ${event}`);
  serverEvents[event as ServerEventName].parse(data);
  return { id, event, data } as Received;
}
