import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { offerConnection, offeredConnection } from '@/lib/http/front/stream-connections';
import { until } from '@/lib/testing/until';
import { openSink } from './open-stream';

const message = 'x'.repeat(10_000);
const OPENING = ': batchyard\n\n';

it('accepts at most a queue for a client that does not read, and signals when there is room again', async () => {
  const { body, sink, opened } = openSink();
  let drained = 0;
  let gone = 0;
  opened({
    onDrained: () => {
      drained += 1;
    },
    onGone: () => {
      gone += 1;
    },
  });
  let taken = 0;
  while (sink.write(message)) taken += 1;
  expect(taken).toBeLessThan(30);
  expect(drained).toBe(0);
  sink.force('snapshot');

  const reader = body.getReader();
  let read = '';
  while (drained === 0) read += Buffer.from((await reader.read()).value ?? []).toString();
  expect(sink.write('more')).toBe(true);
  while (!read.endsWith('more')) read += Buffer.from((await reader.read()).value ?? []).toString();
  expect(read.length).toBe(OPENING.length + taken * message.length + 'snapshotmore'.length);

  await reader.cancel();
  expect(gone).toBe(1);
  expect(sink.write('late')).toBe(false);
  sink.force('late');
  sink.close();
});

it('ends the body when it is closed', async () => {
  const { body, sink } = openSink();
  sink.force('a');
  sink.close();
  sink.close();
  expect(await new Response(body).text()).toBe(`${OPENING}a`);
});

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Serves one event stream as the web framework does: the head goes out with the first chunk of the body. */
async function serveStream(): Promise<{ url: string; stream: Promise<ReturnType<typeof openSink>>; piped: number[] }> {
  const piped: number[] = [];
  const stream = new Promise<ReturnType<typeof openSink>>((resolve) => {
    server = createServer((request, response) => {
      offerConnection(request, response);
      const given = new Headers(request.headers as Record<string, string>);
      const opened = openSink(offeredConnection(new Request('http://localhost/api/events', { headers: given })));
      resolve(opened);
      const counted = opened.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, out) {
            piped.push(chunk.byteLength);
            out.enqueue(chunk);
          },
        }),
      );
      counted.pipeTo(Writable.toWeb(response)).catch(() => undefined);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${((server as Server).address() as AddressInfo).port}/api/events`;
  return { url, stream, piped };
}

it('writes to an offered connection directly, in order, and ends with it', async () => {
  const { url, stream, piped } = await serveStream();
  const answer = fetch(url, { headers: { 'x-stream-connection': 'a guess' } });
  const { sink, opened } = await stream;
  opened({ onDrained: () => undefined, onGone: () => undefined });
  sink.force('early ');
  sink.write('too ');
  const reader = (await answer).body?.getReader();
  sink.write('and late');
  let text = '';
  while (!text.endsWith('and late')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  sink.close();
  expect(await reader?.read()).toMatchObject({ done: true });
  expect(text).toBe(`${OPENING}early too and late`);
  expect(piped).toEqual([OPENING.length]);
});

it('bounds the queue of an offered connection, and tells when its client has read it', async () => {
  const { url, stream } = await serveStream();
  const answer = fetch(url);
  const { sink, opened } = await stream;
  let drained = 0;
  opened({
    onDrained: () => {
      drained += 1;
    },
    onGone: () => undefined,
  });
  const reader = (await answer).body?.getReader();
  let sent = 0;
  // The client reads nothing: the queue is full after the buffers of both sockets.
  await until('the queue is full', () => {
    const taken = sink.write(message.repeat(10));
    sent += taken ? message.length * 10 : 0;
    return !taken;
  });
  let read = -OPENING.length;
  while (read < sent) read += (await reader?.read())?.value?.byteLength ?? 0;
  await until('the queue is read', () => drained > 0);
  expect(sink.write('more')).toBe(true);
  await reader?.cancel();
});
