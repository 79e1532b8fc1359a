import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerMessage } from '@/lib/contracts/events';
import { EventStream, type LinkState } from './event-stream';

/** A server whose connections the test opens, feeds and breaks. */
class FakeServer {
  readonly connections: { send: (text: string) => void; end: () => void; aborted: () => boolean }[] = [];
  answer: number | 'unreachable' = 200;
  /** of a refusal */
  code = 'forbidden';

  fetch = (async (_url: string, init: RequestInit) => {
    if (this.answer === 'unreachable') throw new TypeError('Failed to fetch');
    if (this.answer !== 200) return Response.json({ code: this.code }, { status: this.answer });
    const encoder = new TextEncoder();
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (c) => {
        controller = c;
      },
    });
    init.signal?.addEventListener('abort', () => controller.error(new DOMException('gone', 'AbortError')));
    this.connections.push({
      send: (text) => controller.enqueue(encoder.encode(text)),
      end: () => controller.close(),
      aborted: () => init.signal?.aborted ?? false,
    });
    return new Response(body, { status: 200 });
  }) as unknown as typeof fetch;
}

const CAPACITY = 'event: capacity\ndata: {"activeBatches":1}\n\n';

describe('EventStream', () => {
  let server: FakeServer;
  let stream: EventStream;
  let states: LinkState[];
  let messages: ServerMessage[];
  let signedOut: number;
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    vi.useFakeTimers();
    server = new FakeServer();
    states = [];
    messages = [];
    signedOut = 0;
    stream = new EventStream({
      url: '/api/events',
      fetch: server.fetch,
      random: () => 0.5,
      onMessage: (message) => messages.push(message),
      onState: (state) => states.push(state),
      onSignedOut: () => {
        signedOut += 1;
      },
    });
    stream.open();
  });
  afterEach(() => {
    stream.close();
    vi.useRealTimers();
  });

  it('is live with the first message', async () => {
    await pass(0);
    server.connections[0]?.send(CAPACITY);
    await pass(0);
    expect(states).toEqual(['live']);
    expect(messages).toEqual([{ event: 'capacity', data: { activeBatches: 1 } }]);
  });

  it('replaces a connection that the server ended, without a warning', async () => {
    await pass(0);
    server.connections[0]?.send(CAPACITY);
    await pass(0);
    server.connections[0]?.end();
    await pass(600);
    expect(server.connections).toHaveLength(2);
    server.connections[1]?.send(CAPACITY);
    await pass(2_000);
    expect(states).toEqual(['live']);
  });

  it('becomes uncertain after five seconds of silence, and connects again', async () => {
    await pass(0);
    server.connections[0]?.send(CAPACITY);
    for (let i = 0; i < 10; i += 1) {
      await pass(2_000);
      server.connections[0]?.send(': heartbeat\n\n');
    }
    await pass(4_000);
    expect(states).toEqual(['live']);
    await pass(1_000);
    expect(states).toEqual(['live', 'reconnecting']);
    expect(server.connections[0]?.aborted()).toBe(true);
    expect(server.connections).toHaveLength(2);
    server.connections[1]?.send(CAPACITY);
    await pass(0);
    expect(states.at(-1)).toBe('live');
  });

  it('gives a busy server time for the first byte', async () => {
    await pass(14_000);
    expect(server.connections).toHaveLength(1);
    await pass(2_000);
    expect(server.connections).toHaveLength(2);
  });

  it('repeats a failed request, and reports it only if that fails too', async () => {
    await pass(0);
    server.connections[0]?.send(CAPACITY);
    await pass(0);
    stream.suspect();
    await pass(0);
    expect(server.connections).toHaveLength(2);
    server.connections[1]?.send(CAPACITY);
    await pass(3_000);
    expect(states).toEqual(['live']);
    server.answer = 'unreachable';
    stream.suspect();
    stream.suspect();
    await pass(2_000);
    expect(states).toEqual(['live', 'reconnecting']);
  });

  it('is uncertain when the browser is offline, and live again when the server answers', async () => {
    const listeners = new Map<string, () => void>();
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
    stream.close();
    stream.open();
    await pass(0);
    server.connections.at(-1)?.send(CAPACITY);
    await pass(0);
    listeners.get('offline')?.();
    expect(states.at(-1)).toBe('reconnecting');
    await pass(0);
    server.connections.at(-1)?.send(CAPACITY);
    await pass(0);
    expect(states.at(-1)).toBe('live');
    vi.unstubAllGlobals();
  });

  it('reports reconnecting, offline and live again, and waits longer each time', async () => {
    await pass(0);
    server.connections[0]?.send(CAPACITY);
    await pass(0);
    server.answer = 'unreachable';
    server.connections[0]?.end();
    await pass(2_000);
    expect(states).toEqual(['live', 'reconnecting']);
    await pass(10_000);
    expect(states.at(-1)).toBe('offline');
    server.answer = 200;
    await pass(15_000);
    server.connections.at(-1)?.send(CAPACITY);
    await pass(0);
    expect(states.at(-1)).toBe('live');
  });

  it('redirects to the sign-in when the session has ended, and stops connecting', async () => {
    stream.close();
    server.answer = 401;
    stream.open();
    await pass(60_000);
    expect(signedOut).toBe(1);
  });

  it('does the same for a session without the second factor that is needed, and for no other refusal', async () => {
    stream.close();
    server.answer = 403;
    stream.open();
    await pass(60_000);
    expect(signedOut).toBe(0);
    server.code = 'second-factor-required';
    await pass(60_000);
    expect(signedOut).toBe(1);
  });

  it('connects again after an unreadable message', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await pass(0);
    server.connections[0]?.send('event: done\ndata: {broken\n\n');
    await pass(2_000);
    expect(server.connections).toHaveLength(2);
    complaint.mockRestore();
  });
});
