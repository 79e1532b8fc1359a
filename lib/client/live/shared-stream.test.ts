import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerMessage } from '@/lib/contracts/events';
import type { LinkState } from './event-stream';
import { SharedStream } from './shared-stream';

/** Tabs of one browser: channels that hear each other, and a lock that one holds at a time. */
class FakeBrowser {
  readonly channels = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();
  readonly #waiting: (() => void)[] = [];
  #held = false;
  readonly connections: ReadableStreamDefaultController<Uint8Array>[] = [];
  frozen = false;

  channel = (): (new () => unknown) => {
    const browser = this;
    return class {
      onmessage: ((event: { data: unknown }) => void) | null = null;
      constructor() {
        browser.channels.add(this);
      }
      postMessage(data: unknown) {
        if (browser.frozen) return;
        for (const other of browser.channels) if (other !== this) queueMicrotask(() => other.onmessage?.({ data }));
      }
      close() {
        browser.channels.delete(this);
      }
    };
  };

  locks = {
    request: async (_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>) => {
      if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (signal.aborted) return this.#next();
      this.#held = true;
      await work();
      this.#next();
    },
  };

  #next(): void {
    this.#held = false;
    this.#waiting.shift()?.();
  }

  fetch = (async (_url: string, init: RequestInit) => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void this.connections.push(controller) });
    const connection = this.connections.at(-1);
    init.signal?.addEventListener('abort', () => connection?.error(new DOMException('gone', 'AbortError')));
    return new Response(body);
  }) as unknown as typeof fetch;

  serve(text: string): void {
    this.connections.at(-1)?.enqueue(new TextEncoder().encode(text));
  }
}

describe('SharedStream', () => {
  let browser: FakeBrowser;
  const opened: SharedStream[] = [];
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const CAPACITY = 'event: capacity\ndata: {"activeBatches":1}\n\n';

  function tab() {
    const seen = { messages: [] as ServerMessage[], states: [] as LinkState[], caughtUp: 0 };
    const stream = new SharedStream({
      url: '/api/events',
      organizationId: 'o1',
      fetch: browser.fetch,
      onMessage: (message) => seen.messages.push(message),
      onState: (state) => seen.states.push(state),
      onSignedOut: () => undefined,
      onCatchUp: () => {
        seen.caughtUp += 1;
      },
    });
    opened.push(stream);
    stream.open();
    return { stream, seen };
  }

  beforeEach(() => {
    vi.useFakeTimers();
    browser = new FakeBrowser();
    vi.stubGlobal('BroadcastChannel', browser.channel());
    vi.stubGlobal('navigator', { locks: browser.locks, onLine: true });
    const target = { addEventListener: () => undefined, removeEventListener: () => undefined, hidden: false };
    vi.stubGlobal('document', target);
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('removeEventListener', () => undefined);
  });
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('opens one connection for two tabs, and both receive everything', async () => {
    const first = tab();
    await pass(0);
    browser.serve(CAPACITY);
    await pass(0);
    const second = tab();
    await pass(0);
    expect(second.seen).toMatchObject({ states: ['live'], caughtUp: 1 });
    browser.serve(CAPACITY);
    await pass(0);
    expect(browser.connections).toHaveLength(1);
    expect(first.seen.messages).toHaveLength(2);
    expect(second.seen.messages).toHaveLength(1);
  });

  it('passes the stream to another tab when the leading tab closes', async () => {
    const first = tab();
    await pass(0);
    const second = tab();
    await pass(0);
    first.stream.close();
    await pass(0);
    expect(browser.connections).toHaveLength(2);
    browser.serve(CAPACITY);
    await pass(0);
    expect(second.seen.messages).toHaveLength(1);
  });

  it('opens another connection while the leading tab is frozen, and closes it when that tab wakes', async () => {
    tab();
    await pass(0);
    browser.serve(CAPACITY);
    await pass(0);
    const second = tab();
    await pass(0);
    browser.frozen = true;
    for (let i = 0; i < 5; i += 1) {
      browser.connections[0]?.enqueue(new TextEncoder().encode(': heartbeat\n\n'));
      await pass(2_000);
    }
    expect(browser.connections).toHaveLength(2);
    browser.serve(CAPACITY);
    await pass(0);
    expect(second.seen.messages).toHaveLength(1);
    browser.frozen = false;
    browser.connections[0]?.enqueue(new TextEncoder().encode(CAPACITY));
    await pass(0);
    expect(second.seen.messages).toHaveLength(2);
    expect(second.seen.caughtUp).toBe(2);
  });
});
