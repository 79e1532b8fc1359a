import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, vi } from 'vitest';
import { answer, CLOSE, closeFront, dial, HOST, openFront, passed } from '@/lib/testing/open-front';
import { BODY_LENGTH } from './answer';

afterEach(closeFront);

it.each([
  ['an address with half a percent sign', `GET /api/batches/% HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['a byte that is no UTF-8', `GET /batches/%ff HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['an overlong slash', `GET /jobs/%c0%ae HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['a write to such an address', `POST /api/flows/%zz/cancel HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['a thousand parameters and one', `GET /api/jobs?${'a=&'.repeat(1000)} HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}`, 405, 'method-not-allowed'],
  ['TRACE of the API', `TRACE /api/jobs HTTP/1.1\r\n${HOST}`, 405, 'method-not-allowed'],
  ['a write to a page', `DELETE /batches HTTP/1.1\r\n${HOST}`, 405, 'method-not-allowed'],
  ['another host as target', `GET http://evil.example/api/health/live HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['a request for a proxy', 'GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\n', 400, 'invalid-request'],
  ['two Host headers', `GET /api/jobs HTTP/1.1\r\n${HOST}host: evil.example\r\n`, 400, 'invalid-request'],
  ['no Host header', 'GET /api/jobs HTTP/1.1\r\n', 400, 'invalid-request'],
  ['no path', `OPTIONS * HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
  ['what is no HTTP', 'hello\r\n', 400, 'invalid-request'],
  ['a head that is too large', `GET / HTTP/1.1\r\n${HOST}x: ${'y'.repeat(20_000)}\r\n`, 431, 'headers-too-large'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n', 405, 'method-not-allowed'],
  [
    'lengths that contradict',
    `POST /api/jobs HTTP/1.1\r\n${HOST}content-length: 3\r\ntransfer-encoding: chunked\r\n`,
    400,
    'invalid-request',
  ],
])('answers %s with the common error format', async (_, head, status, code) => {
  await openFront();
  const got = await answer(head, CLOSE);
  expect(got.status).toBe(status);
  expect(JSON.parse(got.body)).toMatchObject({ code, status });
  for (const header of ['application/problem+json', 'nosniff', 'x-frame-options: deny', 'no-store', 'x-request-id'])
    expect(got.head).toContain(header);
  expect(passed).toEqual([]);
});

it('passes on valid requests, with absolute addresses made relative', async () => {
  await openFront();
  for (const target of ['/api/batches/%C3%BC?q=%', 'http://localhost:3000/api/jobs?x=1']) {
    const got = await answer(`GET ${target} HTTP/1.1\r\n${HOST}`, CLOSE);
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
  await openFront(
    (request, response) => Promise.resolve(void response.end(request.headers['x-client-address'])),
    {},
    fresh,
  );
  expect((await answer(`GET /api/jobs HTTP/1.1\r\n${HOST}${header}`, CLOSE)).body).toContain(address);
  delete process.env.TRUSTED_PROXIES;
});

it('reports an error of a handler without internals', async () => {
  await openFront(() => Promise.reject(new Error('the inside')));
  const got = await answer(`GET /api/jobs HTTP/1.1\r\n${HOST}`, CLOSE);
  expect(got.status).toBe(500);
  expect(got.body).toContain('internal-error');
  expect(got.body).not.toContain('the inside');
});

it('writes nothing into a started response when the body is damaged', async () => {
  await openFront(async (request, response) => {
    request.on('error', () => undefined);
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.write('half of');
  });
  const socket = dial(`POST /api/jobs HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`);
  await once(socket, 'readable');
  socket.write('not a chunk\r\n');
  expect(await text(socket).catch(() => 'cut')).not.toContain('400');
});

it('keeps idle connections longer than load balancers and clients do', async () => {
  const server = await openFront();
  expect(server.keepAliveTimeout).toBeGreaterThanOrEqual(75_000);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  const got = await answer(`GET /api/jobs HTTP/1.1\r\n${HOST}`, CLOSE);
  expect(got.status).toBe(200);
});

it('sends the length of a response body where the framework removed it', async () => {
  await openFront(async (_, response) => {
    response.setHeader('x-body-length', '9');
    response.writeHead(200);
    response.end('passed on');
  });
  const got = await answer(`GET /api/files/1 HTTP/1.1\r\n${HOST}`, CLOSE);
  expect(got.head).toContain('content-length: 9');
  expect(got.head).not.toContain('x-body-length');
});

it('answers an offered protocol upgrade in HTTP/1.1, as Java clients send it', async () => {
  const server = await openFront();
  // The web framework listens for upgrades, and leaves some of those sockets open without a response.
  server.on('upgrade', () => undefined);
  for (const upgrade of ['h2c', 'websocket']) {
    const offer = `GET /api/jobs HTTP/1.1\r\n${HOST}upgrade: ${upgrade}\r\nconnection: upgrade, close\r\n\r\n`;
    expect(await answer(offer)).toMatchObject({ status: 200, body: expect.stringContaining('passed on') });
  }
});

it('demands TLS of browsers where the public address has it, also in what it refuses', async () => {
  await openFront();
  expect((await answer(`GET /api/jobs HTTP/1.1\r\n${HOST}`, CLOSE)).head).not.toContain('strict-transport-security');
  closeFront();
  vi.stubEnv('PUBLIC_URL', 'https://batchyard.example.org');
  vi.resetModules();
  await openFront(undefined, {}, await import('./create-front'));
  for (const head of ['GET /api/jobs', 'TRACE /', 'hello'])
    expect((await answer(`${head} HTTP/1.1\r\n${HOST}`, CLOSE)).head).toContain(
      'strict-transport-security: max-age=31536000; includesubdomains',
    );
  vi.unstubAllEnvs();
});

it('keeps the length of a body that it sends as it is, and none of one that was compressed on the way', async () => {
  await openFront(async (request, response) => {
    const isCompressed = request.url === '/api/compressed';
    response.setHeader(BODY_LENGTH, isCompressed ? '200' : '2');
    if (isCompressed) response.setHeader('content-encoding', 'gzip');
    response.end('ok');
  });
  const plain = await answer(`GET /api/plain HTTP/1.1\r\n${HOST}${CLOSE}`);
  expect(plain.head).toContain('content-length: 2\r\n');
  const compressed = await answer(`GET /api/compressed HTTP/1.1\r\n${HOST}${CLOSE}`);
  expect(compressed.head).not.toContain('content-length: 200');
  expect(plain.head + compressed.head).not.toContain(BODY_LENGTH);
});
