import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import {
  answer,
  CLOSE,
  closeFront,
  dial,
  frontPort,
  type Handle,
  HOST,
  openFront,
  passed,
} from '@/lib/testing/open-front';

afterEach(closeFront);

const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;

it('lets a sender read an answer that came before its body was read, and closes', async () => {
  await openFront(async (_, response) => void response.writeHead(401).end('no'), { lingerMs: 200 });
  const socket = dial(`POST /api/files HTTP/1.1\r\n${HOST}content-length: 100000000\r\n\r\n`, 'x'.repeat(200_000));
  const whole = await text(socket);
  expect(whole).toMatch(/^HTTP\/1.1 401/);
  expect(whole.toLowerCase()).toContain('connection: close');
});

it('reads a bounded part of a refused body, lets the sender read the answer, and then closes', async () => {
  let bytes = () => 0;
  await openFront(
    async (request, response) => {
      bytes = () => request.socket.bytesRead;
      response.writeHead(401).end('no');
    },
    { lingerBytes: 500_000, lingerMs: 300 },
  );
  const socket = connect({ port: frontPort(), host: '127.0.0.1', allowHalfOpen: true });
  const cut = new Promise((done) => socket.once('error', done));
  let answered = '';
  socket.on('data', (bytes) => {
    answered += String(bytes);
  });
  socket.write(`POST /api/files HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
  await cut;
  expect(answered).toMatch(/^HTTP\/1.1 401/);
  expect(bytes()).toBeGreaterThan(500_000);
  expect(bytes()).toBeLessThan(2_000_000);
});

it('lets a sender read the answer even if part of its body was read before the refusal', async () => {
  const reading: Handle = async (request, response) => {
    await request[Symbol.asyncIterator]().next();
    response.writeHead(422).end('no');
  };
  await openFront(reading, { lingerMs: 200 });
  const socket = dial(`POST /api/batches HTTP/1.1\r\n${HOST}content-length: 100000000\r\n\r\n`, 'x'.repeat(400_000));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 422/);
});

it('keeps the connection after a body that was read whole', async () => {
  await openFront(async (request, response) => void response.end(String((await text(request)).length)));
  const socket = dial();
  for (const _ of [1, 2]) {
    socket.write(`POST /api/jobs HTTP/1.1\r\n${HOST}content-length: 5\r\n\r\nhello`);
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1.1 200[\s\S]*\r\n\r\n(1\r\n)?5/);
  }
  socket.destroy();
});

it('requests a body only when a handler reads it', async () => {
  await openFront(async (request, response) => {
    if (request.url?.includes('refused')) response.writeHead(401).end('no');
    else response.end(await text(request));
  });
  const ask = (path: string) =>
    dial(`POST ${path} HTTP/1.1\r\n${HOST}expect: 100-continue\r\ncontent-length: 5\r\n\r\n`);
  expect(await text(ask('/api/refused'))).toMatch(/^HTTP\/1.1 401/);
  const socket = ask('/api/taken');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100/);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
  socket.destroy();
});

it('refuses a large body to a page early, with and without its length', async () => {
  await openFront(undefined, { lingerMs: 200 });
  const told = await answer(`POST /sign-in HTTP/1.1\r\n${HOST}content-length: 200000000\r\n\r\n`);
  expect(told.status).toBe(413);
  const untold = await answer(
    `POST /sign-in HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`,
    chunk,
    chunk,
    chunk,
  );
  expect(untold.status).toBe(413);
  const small = await answer(`POST /sign-in HTTP/1.1\r\n${HOST}content-length: 5\r\n${CLOSE}`, 'hello');
  expect(small.status).toBe(405);
  expect(passed).toEqual([]);
});

const slow = { idleMs: 300, openMs: 900, lingerMs: 200 };
const reads: Handle = async (request, response) => void response.end(String((await text(request)).length));

it('ends a body that stalls', async () => {
  await openFront((...given) => reads(...given).catch(() => undefined), slow);
  const socket = dial(`POST /api/jobs HTTP/1.1\r\n${HOST}content-length: 500\r\n\r\nhello`);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408[\s\S]*request-timeout/);
});

it('accepts a slow body that makes progress, but not from anonymous callers', async () => {
  // Sent in pieces for longer than `openMs`, and never with a gap of `idleMs`, also on a slow machine.
  await openFront((...given) => reads(...given).catch(() => undefined), { idleMs: 10_000, openMs: 300, lingerMs: 200 });
  const drip = async (path: string) => {
    const socket = dial(`POST ${path} HTTP/1.1\r\n${HOST}${CLOSE.slice(0, -2)}content-length: 20\r\n\r\n`);
    const told = text(socket);
    for (let i = 0; i < 20 && socket.writable; i += 1) {
      socket.write('x');
      await sleep(50);
    }
    return told;
  };
  const [known, anybody] = await Promise.all([drip('/api/jobs'), drip('/api/auth/sign-in/email')]);
  expect(known).toMatch(/^HTTP\/1.1 200/);
  expect(anybody).toMatch(/^HTTP\/1.1 408/);
});

it('does not end a body that waits for the handler', async () => {
  await openFront(async (request, response) => {
    await sleep(1200);
    await reads(request, response);
  }, slow);
  const size = 5_000_000;
  const told = answer(`POST /api/jobs HTTP/1.1\r\n${HOST}content-length: ${size}\r\n${CLOSE}`, 'x'.repeat(size));
  expect(await told).toMatchObject({ status: 200, body: String(size) });
});
