import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import type { FrontOptions } from './create-front';
import * as front from './create-front';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
const passed: string[] = [];

async function open(handle?: Handle, options: Partial<FrontOptions> = {}, { createFront } = front): Promise<void> {
  passed.length = 0;
  server = createFront(
    async (request, response) => {
      passed.push(request.url ?? '');
      await (handle?.(request, response) ?? response.end('passed on'));
    },
    { ...front.FRONT, ...options },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function dial(...parts: string[]): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return socket;
}

/** Returns the response to these bytes, until the server closes the connection or the test ends it. */
async function answer(...parts: string[]) {
  const socket = dial(...parts);
  const whole = await text(socket);
  const [head = '', body = ''] = whole.split('\r\n\r\n', 2);
  return { status: Number(whole.slice(9, 12)), head: head.toLowerCase(), body };
}

const CLOSE = 'connection: close\r\n\r\n';
const host = 'host: localhost:3000\r\n';

it.each([
  ['an address with half a percent sign', `GET /api/batches/% HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['a byte that is no UTF-8', `GET /batches/%ff HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['an overlong slash', `GET /jobs/%c0%ae HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['a write to such an address', `POST /api/flows/%zz/cancel HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['a thousand parameters and one', `GET /api/jobs?${'a=&'.repeat(1000)} HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['TRACE', `TRACE / HTTP/1.1\r\n${host}`, 405, 'method-not-allowed'],
  ['TRACE of the API', `TRACE /api/jobs HTTP/1.1\r\n${host}`, 405, 'method-not-allowed'],
  ['a write to a page', `DELETE /batches HTTP/1.1\r\n${host}`, 405, 'method-not-allowed'],
  ['another host as target', `GET http://evil.example/api/health/live HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['a request for a proxy', 'GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\n', 400, 'invalid-request'],
  ['two Host headers', `GET /api/jobs HTTP/1.1\r\n${host}host: evil.example\r\n`, 400, 'invalid-request'],
  ['no Host header', 'GET /api/jobs HTTP/1.1\r\n', 400, 'invalid-request'],
  ['no path', `OPTIONS * HTTP/1.1\r\n${host}`, 400, 'invalid-request'],
  ['what is no HTTP', 'hello\r\n', 400, 'invalid-request'],
  ['a head that is too large', `GET / HTTP/1.1\r\n${host}x: ${'y'.repeat(20_000)}\r\n`, 431, 'headers-too-large'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n', 405, 'method-not-allowed'],
  [
    'lengths that contradict',
    `POST /api/jobs HTTP/1.1\r\n${host}content-length: 3\r\ntransfer-encoding: chunked\r\n`,
    400,
    'invalid-request',
  ],
])('answers %s with the common error format', async (_, head, status, code) => {
  await open();
  const got = await answer(head, CLOSE);
  expect(got.status).toBe(status);
  expect(JSON.parse(got.body)).toMatchObject({ code, status });
  for (const header of ['application/problem+json', 'nosniff', 'x-frame-options: deny', 'no-store', 'x-request-id'])
    expect(got.head).toContain(header);
  expect(passed).toEqual([]);
});

it('passes on valid requests, with absolute addresses made relative', async () => {
  await open();
  for (const target of ['/api/batches/%C3%BC?q=%', 'http://localhost:3000/api/jobs?x=1']) {
    const got = await answer(`GET ${target} HTTP/1.1\r\n${host}`, CLOSE);
    expect(got).toMatchObject({ status: 200, body: 'passed on' });
    expect(got.head).toContain('x-frame-options: deny');
  }
  expect(passed).toEqual(['/api/batches/%C3%BC?q=%', '/api/jobs?x=1']);
});

it.each([
  [
    'the peer, whatever a client writes',
    'x-forwarded-for: 203.0.113.9\r\nx-client-address: 203.0.113.9\r\n',
    '',
    '127.0.0.1',
  ],
  [
    'the last address that no trusted proxy has',
    'x-forwarded-for: 1.1.1.1, 203.0.113.9, 10.0.0.4\r\n',
    '127.0.0.1,10.0.0.0/8',
    '203.0.113.9',
  ],
  ['an address with a port', 'x-forwarded-for: 203.0.113.9:4711\r\n', '127.0.0.1', '203.0.113.9'],
  ['an IPv6 address', 'x-forwarded-for: [2001:DB8::7]:4711\r\n', '127.0.0.1', '2001:db8::7'],
  [
    'the proxy itself where the header is nonsense',
    'x-forwarded-for: 203.0.113.9, unknown\r\n',
    '127.0.0.1',
    '127.0.0.1',
  ],
  [
    'several headers as one list',
    'x-forwarded-for: 1.1.1.1\r\nx-forwarded-for: 203.0.113.9\r\n',
    '127.0.0.1',
    '203.0.113.9',
  ],
])('passes on as the address of the client: %s', async (_, header, proxies, address) => {
  process.env.TRUSTED_PROXIES = proxies;
  vi.resetModules();
  const fresh = await import('./create-front');
  await open((request, response) => Promise.resolve(void response.end(request.headers['x-client-address'])), {}, fresh);
  expect((await answer(`GET /api/jobs HTTP/1.1\r\n${host}${header}`, CLOSE)).body).toContain(address);
  delete process.env.TRUSTED_PROXIES;
});

it('reports an error of a handler without internals', async () => {
  await open(() => Promise.reject(new Error('the inside')));
  const got = await answer(`GET /api/jobs HTTP/1.1\r\n${host}`, CLOSE);
  expect(got.status).toBe(500);
  expect(got.body).toContain('internal-error');
  expect(got.body).not.toContain('the inside');
});

it('writes nothing into a started response when the body is damaged', async () => {
  await open(async (request, response) => {
    request.on('error', () => undefined);
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.write('half of');
  });
  const socket = dial(`POST /api/jobs HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n`);
  await once(socket, 'readable');
  socket.write('not a chunk\r\n');
  expect(await text(socket).catch(() => 'cut')).not.toContain('400');
});

const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;

it('lets a sender read an answer that came before its body was read, and closes', async () => {
  await open(async (_, response) => void response.writeHead(401).end('no'), { lingerMs: 200 });
  const socket = dial(`POST /api/files HTTP/1.1\r\n${host}content-length: 100000000\r\n\r\n`, 'x'.repeat(200_000));
  const whole = await text(socket);
  expect(whole).toMatch(/^HTTP\/1.1 401/);
  expect(whole.toLowerCase()).toContain('connection: close');
});

it('reads a bounded part of a refused body, lets the sender read the answer, and then closes', async () => {
  let bytes = () => 0;
  await open(
    async (request, response) => {
      bytes = () => request.socket.bytesRead;
      response.writeHead(401).end('no');
    },
    { lingerBytes: 500_000, lingerMs: 300 },
  );
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const cut = new Promise((done) => socket.once('error', done));
  let answered = '';
  socket.on('data', (bytes) => {
    answered += String(bytes);
  });
  socket.write(`POST /api/files HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n`);
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
  await open(reading, { lingerMs: 200 });
  const socket = dial(`POST /api/batches HTTP/1.1\r\n${host}content-length: 100000000\r\n\r\n`, 'x'.repeat(400_000));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 422/);
});

it('keeps the connection after a body that was read whole', async () => {
  await open(async (request, response) => void response.end(String((await text(request)).length)));
  const socket = dial();
  for (const _ of [1, 2]) {
    socket.write(`POST /api/jobs HTTP/1.1\r\n${host}content-length: 5\r\n\r\nhello`);
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1.1 200[\s\S]*\r\n\r\n(1\r\n)?5/);
  }
  socket.destroy();
});

it('requests a body only when a handler reads it', async () => {
  await open(async (request, response) => {
    if (request.url?.includes('refused')) response.writeHead(401).end('no');
    else response.end(await text(request));
  });
  const ask = (path: string) =>
    dial(`POST ${path} HTTP/1.1\r\n${host}expect: 100-continue\r\ncontent-length: 5\r\n\r\n`);
  expect(await text(ask('/api/refused'))).toMatch(/^HTTP\/1.1 401/);
  const socket = ask('/api/taken');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100/);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
  socket.destroy();
});

it('refuses a large body to a page early, with and without its length', async () => {
  await open(undefined, { lingerMs: 200 });
  const told = await answer(`POST /sign-in HTTP/1.1\r\n${host}content-length: 200000000\r\n\r\n`);
  expect(told.status).toBe(413);
  const untold = await answer(
    `POST /sign-in HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n`,
    chunk,
    chunk,
    chunk,
  );
  expect(untold.status).toBe(413);
  const small = await answer(`POST /sign-in HTTP/1.1\r\n${host}content-length: 5\r\n${CLOSE}`, 'hello');
  expect(small.status).toBe(405);
  expect(passed).toEqual([]);
});

const slow = { idleMs: 300, openMs: 900, lingerMs: 200 };
const reads: Handle = async (request, response) => void response.end(String((await text(request)).length));

it('ends a body that stalls', async () => {
  await open((...given) => reads(...given).catch(() => undefined), slow);
  const socket = dial(`POST /api/jobs HTTP/1.1\r\n${host}content-length: 500\r\n\r\nhello`);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408[\s\S]*request-timeout/);
});

it('accepts a slow body that makes progress, but not from anonymous callers', async () => {
  // Sent in pieces for longer than `openMs`, and never with a gap of `idleMs`, also on a slow machine.
  await open((...given) => reads(...given).catch(() => undefined), { idleMs: 10_000, openMs: 300, lingerMs: 200 });
  const drip = async (path: string) => {
    const socket = dial(`POST ${path} HTTP/1.1\r\n${host}${CLOSE.slice(0, -2)}content-length: 20\r\n\r\n`);
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
  await open(async (request, response) => {
    await sleep(1200);
    await reads(request, response);
  }, slow);
  const size = 5_000_000;
  const told = answer(`POST /api/jobs HTTP/1.1\r\n${host}content-length: ${size}\r\n${CLOSE}`, 'x'.repeat(size));
  expect(await told).toMatchObject({ status: 200, body: String(size) });
});

it('keeps idle connections longer than load balancers and clients do', async () => {
  await open();
  expect(server.keepAliveTimeout).toBeGreaterThanOrEqual(75_000);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  const got = await answer(`GET /api/jobs HTTP/1.1\r\n${host}`, CLOSE);
  expect(got.status).toBe(200);
});

it('sends the length of a response body where the framework removed it', async () => {
  await open(async (_, response) => {
    response.setHeader('x-body-length', '9');
    response.writeHead(200);
    response.end('passed on');
  });
  const got = await answer(`GET /api/files/1 HTTP/1.1\r\n${host}`, CLOSE);
  expect(got.head).toContain('content-length: 9');
  expect(got.head).not.toContain('x-body-length');
});

it('answers an offered protocol upgrade in HTTP/1.1, as Java clients send it', async () => {
  await open();
  // The web framework listens for upgrades, and leaves some of those sockets open without a response.
  server.on('upgrade', () => undefined);
  for (const upgrade of ['h2c', 'websocket']) {
    const offer = `GET /api/jobs HTTP/1.1\r\n${host}upgrade: ${upgrade}\r\nconnection: upgrade, close\r\n\r\n`;
    expect(await answer(offer)).toMatchObject({ status: 200, body: expect.stringContaining('passed on') });
  }
});

it('demands TLS of browsers where the public address has it, also in what it refuses', async () => {
  await open();
  expect((await answer(`GET /api/jobs HTTP/1.1\r\n${host}`, CLOSE)).head).not.toContain('strict-transport-security');
  server.close();
  vi.stubEnv('PUBLIC_URL', 'https://batchyard.example.org');
  vi.resetModules();
  const { createFront: fresh } = await import('./create-front');
  server = fresh(async (_, response) => void response.end('passed on'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const head of ['GET /api/jobs', 'TRACE /', 'hello'])
    expect((await answer(`${head} HTTP/1.1\r\n${host}`, CLOSE)).head).toContain(
      'strict-transport-security: max-age=31536000; includesubdomains',
    );
  vi.unstubAllEnvs();
});
