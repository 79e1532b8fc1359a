import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { BatchDto } from '@/lib/contracts/batch';
import { sender } from './send';
import { type BatchEvent, watchBatch } from './watch';

// A server that is away in every way in turn: silent, without an answer, cut, ended, gone, and back again.

const LIMITS = { silenceMs: 1000, answerMs: 250, firstPauseMs: 10, mostPauseMs: 50 };
/** Shorter than the five minutes after which Node itself gives up a call without an answer. */
const PATIENCE_MS = 240_000;

let close = () => {};
afterEach(() => close());

const batch = (status: string) => ({ id: 'b', status }) as BatchDto;

/** @param port the same as before for a server that comes back */
async function serve(answer: (path: string, response: ServerResponse) => void, port = 0): Promise<number> {
  const server = createServer((request, response) => answer(request.url?.split('?')[0] ?? '', response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return (server.address() as AddressInfo).port;
}

const say = (response: ServerResponse, event: string, data: unknown) =>
  response
    .writeHead(200, { 'content-type': 'text/event-stream' })
    .write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

async function eventsOf(port: number, signal?: AbortSignal): Promise<BatchEvent[]> {
  const send = sender(`http://127.0.0.1:${port}`, 'k');
  const read = async (within: AbortSignal) =>
    ((await (await send('/api/batches/b', { signal: within })).json()) as { batch: BatchDto }).batch;
  const events: BatchEvent[] = [];
  for await (const event of watchBatch(send, 'b', read, signal, LIMITS)) events.push(event);
  return events;
}

it(
  'a batch is followed to its end over a server that is silent, hangs, is cut, dies and comes back',
  async () => {
    const seen: string[] = [];
    let port = 0;
    const back = (path: string, response: ServerResponse) => {
      seen.push(`back ${path}`);
      if (path === '/api/events') say(response, 'snapshot', { batches: [batch('completed')] });
      // Busy once: the end is known, and only its batch is missing.
      else if (seen.filter((call) => call === `back ${path}`).length === 1) response.writeHead(503).end('{}');
      else response.end(JSON.stringify({ batch: batch('completed') }));
    };
    const dies = () => {
      close();
      setTimeout(() => void serve(back, port), 200);
    };
    const turns: ((response: ServerResponse) => void)[] = [
      (response) => say(response, 'snapshot', { batches: [batch('in-progress')] }),
      () => undefined,
      (response) => response.socket?.destroy(),
      (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
      dies,
    ];
    port = await serve((path, response) => {
      seen.push(path);
      // The batch gets no answer at all.
      if (path === '/api/events') turns.shift()?.(response);
    });
    const events = await eventsOf(port);
    expect(events.at(-1)).toEqual({ event: 'done', data: batch('completed') });
    const [stream, read] = ['/api/events', '/api/batches/b'];
    expect(seen.slice(0, 6)).toEqual([stream, stream, stream, stream, read, stream]);
    expect(seen.filter((call) => call === 'back /api/batches/b').length).toBeGreaterThan(1);
  },
  PATIENCE_MS,
);

it('a server that is busy is asked again after the time that it names', async () => {
  const asked: number[] = [];
  const port = await serve((path, response) => {
    if (path === '/api/events' && asked.push(performance.now()) === 1)
      response.writeHead(429, { 'retry-after-ms': '300' }).end('{"code":"too-many-streams","detail":"wait"}');
    else if (path === '/api/events') say(response, 'snapshot', { batches: [batch('completed')] });
    else response.end(JSON.stringify({ batch: batch('completed') }));
  });
  expect((await eventsOf(port)).at(-1)?.event).toBe('done');
  // The usual pause is 10 ms. A timer may fire a millisecond early.
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(299);
});

it('who asks to stop waits for no answer', async () => {
  const stop = new AbortController();
  const port = await serve(() => stop.abort(new Error('stopped')));
  await expect(eventsOf(port, stop.signal)).rejects.toThrow('stopped');
});
