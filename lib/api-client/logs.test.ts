import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createClient } from './client';

// A server that says what each call answers: outages and repetitions that the product makes only by chance.

type Answer = (url: URL) => { status?: number; body: unknown } | 'cut';
let close = () => {};
afterEach(() => close());

async function clientOf(answer: Answer) {
  const server = createServer((request, response: ServerResponse) => {
    const said = answer(new URL(request.url ?? '', 'http://server'));
    if (said === 'cut') request.socket.destroy();
    else response.writeHead(said.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(said.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => server.close();
  return createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'k' });
}

const line = (id: string, message = id) => ({
  id,
  jobId: 'j',
  index: 0,
  at: '2026-01-01T00:00:00.000Z',
  level: 'info',
  attempt: 1,
  message,
});
const MISSING = { status: 404, body: { code: 'not-found', detail: 'No.' } };

async function messagesOf(lines: AsyncIterable<{ message: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { message } of lines) found.push(message);
  return found;
}

it('all pages are read, and repeated lines are yielded once', async () => {
  const pages: Record<string, unknown> = {
    start: { lines: [line('1')], nextCursor: 'b', tail: 'w2', ended: false },
    b: { lines: [line('2'), line('1')], nextCursor: null, tail: 'w2', ended: false },
  };
  const client = await clientOf(({ pathname, searchParams }) =>
    pathname.includes('/jobs/') ? MISSING : { body: pages[searchParams.get('cursor') ?? 'start'] },
  );
  expect(await messagesOf(client.logs('x'))).toEqual(['1', '2']);
});

it('follows over outages, and reads what an item wrote after its page was read', async () => {
  let asked = 0;
  const client = await clientOf(({ searchParams }) => {
    const cursor = searchParams.get('cursor');
    if (cursor === null) return { body: { lines: [line('1')], nextCursor: 'b', tail: 'w1', ended: false } };
    if (cursor === 'b') {
      asked += 1;
      if (asked === 1) return 'cut';
      if (asked === 2) return { status: 503, body: { code: 'unavailable', detail: 'Away.' } };
      // It ended meanwhile, and item 1 had written once more.
      return { body: { lines: [line('3')], nextCursor: null, tail: 'w1', ended: true } };
    }
    return { body: { lines: [line('1'), line('2'), line('3')], nextCursor: null, tail: 'w3', ended: true } };
  });
  expect(await messagesOf(client.logs('x', { follow: true }))).toEqual(['1', '3', '2']);
});

it('without follow an outage is an error, and an unknown id is named', async () => {
  const broken = await clientOf(() => 'cut');
  await expect(messagesOf(broken.logs('x'))).rejects.toThrow();
  close();
  const empty = await clientOf(() => MISSING);
  await expect(messagesOf(empty.logs('x', { follow: true }))).rejects.toThrow('There is no job and no batch x here.');
});
