import type { ServerEventName, ServerEvents } from '@/lib/contracts/events';

export type Received = { [N in ServerEventName]: { id: string; event: N; data: ServerEvents[N] } }[ServerEventName];

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
    timeoutMs = 60_000,
  ): Promise<Received & { event: N }> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const hit = this.seen.find(
        (e): e is Received & { event: N } => e.event === name && holds(e.data as ServerEvents[N]),
      );
      if (hit) return hit;
      const left = end - Date.now();
      if (left <= 0 || this.ended)
        throw new Error(`No such ${name} event (${this.ended ?? `within ${timeoutMs} ms`}).`);
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
    let text = '';
    for await (const chunk of this.response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let cut = text.indexOf('\n\n'); cut >= 0; cut = text.indexOf('\n\n')) {
        this.take(text.slice(0, cut));
        text = text.slice(cut + 2);
      }
    }
    this.end('the stream ended');
  }

  private take(block: string): void {
    const field = (name: string) =>
      block
        .split('\n')
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trimStart())
        .join('\n');
    const data = field('data');
    if (!data) return;
    this.seen.push({ id: field('id'), event: field('event'), data: JSON.parse(data) } as Received);
    this.wake();
  }
}
