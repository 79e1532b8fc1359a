import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutboundClient, type OutboundRequest } from './client';
import type { Resolve } from './connect';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answers: Record<string, Answer> = {
  '/echo': async (request, response) => {
    const body = await text(request);
    response.end(JSON.stringify({ method: request.method, headers: request.headers, url: request.url, body }));
  },
  '/huge': (_, response) => void response.end(Buffer.alloc(300_000, 'x')),
  '/endless': (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once('drain', more);
    };
    more();
  },
  '/bomb': (_, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000))),
  '/gzip': (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed')),
  '/br': (_, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('packed')),
  '/not-gzip': (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
  '/zstd': (_, response) => void response.writeHead(200, { 'content-encoding': 'zstd' }).end('packed'),
  '/cut-gzip': (_, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'.repeat(100)).subarray(0, -12)),
  '/cut-br': (_, response) =>
    void response
      .writeHead(200, { 'content-encoding': 'br' })
      .end(brotliCompressSync('packed'.repeat(100)).subarray(0, -3)),
  '/short': (_, response) =>
    void response.writeHead(200, { 'content-length': '100' }).write('{"a":1}', () => response.destroy()),
  '/cut-chunks': (_, response) => void response.writeHead(200).write('{"a":1}', () => response.destroy()),
  '/empty-gzip': (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(),
  '/no-content': (_, response) => void response.writeHead(204, { 'content-encoding': 'gzip' }).end(),
  '/hang': () => undefined,
  '/half': (_, response) => void response.writeHead(200).write('half'),
  '/reset': (request) => void request.socket.resetAndDestroy(),
  '/to-private': (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
  '/to-file': (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-name': (_, response) => void response.writeHead(302, { location: 'http://inner.test/' }).end(),
  '/loop': (_, response) => void response.writeHead(302, { location: '/loop' }).end(),
};

let server: Server;
let other: Server;
let port: number;
let otherPort: number;
let client: OutboundClient;
const never = new AbortController().signal;

const listening = (made: Server) =>
  new Promise<number>((resolve) => made.listen(0, '127.0.0.1', () => resolve((made.address() as AddressInfo).port)));

beforeAll(async () => {
  const handle: Answer = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const to = searchParams.get('to');
    if (to) response.writeHead(Number(searchParams.get('status') ?? 302), { location: to }).end();
    else (answers[pathname] ?? ((_, r) => void r.writeHead(404).end()))(request, response);
  };
  // The client could reuse an idle connection at the moment when the server closes it.
  server = createServer({ keepAliveTimeout: 0 }, handle);
  other = createServer({ keepAliveTimeout: 0 }, handle);
  [port, otherPort] = await Promise.all([listening(server), listening(other)]);
  client = clientFor();
});
afterAll(async () => {
  await client.close();
  for (const made of [server, other]) {
    made.closeAllConnections();
    await new Promise((resolve) => made.close(resolve));
  }
});

function clientFor(resolve?: Resolve, connectTimeoutMs?: number): OutboundClient {
  const network = { address: '127.0.0.1', prefix: 32, family: 'ipv4' as const };
  const rules = [port, otherPort].map((allowed) => ({ network, port: allowed }));
  return new OutboundClient({ rules }, { resolve, connectTimeoutMs });
}

const ask = (path: string, options: Partial<OutboundRequest> = {}) =>
  client.request({ url: `http://127.0.0.1:${port}${path}`, signal: never, ...options });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error) => error.code ?? String(error),
  );
const read = async (path: string, options: Partial<OutboundRequest> = {}) => text((await ask(path, options)).body);

it('sends the given request and returns the response', async () => {
  const { status, headers, body, redirects } = await ask('/echo?a=1', {
    method: 'post',
    headers: { 'x-one': '1', 'content-type': 'text/plain' },
    body: 'hello',
  });
  expect(status).toBe(200);
  expect(redirects).toBe(0);
  expect(headers.get('date')).toBeTruthy();
  expect(JSON.parse(await text(body))).toMatchObject({
    method: 'POST',
    url: '/echo?a=1',
    body: 'hello',
    headers: { 'x-one': '1', 'accept-encoding': 'gzip, deflate, br' },
  });
});

describe('private addresses', () => {
  it('are refused, by address and by name', async () => {
    for (const url of ['http://127.0.0.1:1/', 'http://[::1]/', 'http://localhost/', 'http://169.254.169.254/']) {
      expect(await codeOf(client.request({ url, signal: never }))).toBe('outbound-refused');
    }
  });

  it('are refused even if only one answer of a name is private', async () => {
    const mixed = clientFor(async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
    expect(await codeOf(mixed.request({ url: 'http://mixed.test/', signal: never }))).toBe('outbound-refused');
  });

  it('are refused as the target of a redirect', async () => {
    expect(await codeOf(ask('/to-private'))).toBe('outbound-refused');
    expect(await codeOf(ask('/to-file'))).toBe('outbound-refused');
    const named = clientFor(async () => [{ address: '192.168.7.7', family: 4 }]);
    expect(await codeOf(named.request({ url: `http://127.0.0.1:${port}/to-name`, signal: never }))).toBe(
      'outbound-refused',
    );
    await named.close();
  });

  it('are not in the message of a refusal', async () => {
    const inner = clientFor(async () => [{ address: '10.11.12.13', family: 4 }]);
    const error = await inner.request({ url: 'http://inner.test/', signal: never }).catch((e) => e);
    expect(error.message).toBe(
      'inner.test may not be called: it is a private address, not a public one. An operator can allow it (OUTBOUND_ALLOW).',
    );
  });
});

it('connects to the address that it checked, even if the name resolves differently later', async () => {
  const asked: string[] = [];
  const rebinding: Resolve = async (host) => {
    asked.push(host);
    return [{ address: asked.length === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
  };
  const subject = clientFor(rebinding);
  const url = `http://rebinding.test:${port}/echo`;
  const { body } = await subject.request({ url, signal: never });
  expect(JSON.parse(await text(body)).headers.host).toBe(`rebinding.test:${port}`);
  expect(asked).toEqual(['rebinding.test']);
  await subject.close();
  const again = clientFor(rebinding);
  expect(await codeOf(again.request({ url, signal: never }))).toBe('outbound-refused');
});

describe('redirects', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('make a GET of %s only if the caller allows it', async (method) => {
    const call = { method, body: 'b', headers: { 'content-type': 'text/plain', 'x-one': '1' } };
    for (const status of [301, 302]) {
      expect(await codeOf(ask(`/x?status=${status}&to=/echo`, call))).toBe('method-changed');
      const seen = JSON.parse(await read(`/x?status=${status}&to=/echo`, { ...call, followAsGet: true }));
      expect(seen).toMatchObject({ method: 'GET', body: '', headers: { 'x-one': '1' } });
      expect(seen.headers['content-type']).toBeUndefined();
    }
    const { body, followedAsGet } = await ask('/x?status=303&to=/echo', call);
    expect([JSON.parse(await text(body)).method, followedAsGet]).toEqual(['GET', 303]);
    for (const status of [307, 308]) {
      const kept = await ask(`/x?status=${status}&to=/echo`, call);
      expect(JSON.parse(await text(kept.body))).toMatchObject({ method, body: 'b' });
      expect(kept.followedAsGet).toBeUndefined();
    }
    const late = `/x?status=307&to=${encodeURIComponent('/x?status=302&to=/echo')}`;
    expect(await codeOf(ask(late, call))).toBe('method-changed');
  });

  it.each(['GET', 'HEAD'])('keep %s unchanged', async (method) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { status: end, redirects, followedAsGet, body } = await ask(`/x?status=${status}&to=/echo`, { method });
      expect([end, redirects, followedAsGet]).toEqual([200, 1, undefined]);
      const said = await text(body);
      if (method === 'GET') expect(JSON.parse(said).method).toBe('GET');
    }
  });

  it('send credentials only to their own origin', async () => {
    const headers = { Authorization: 'Bearer s', 'X-Key': 's', 'x-other': 'o' };
    const there = encodeURIComponent(`http://127.0.0.1:${otherPort}/echo`);
    const elsewhere = JSON.parse(
      await read(`/x?to=${there}`, { headers, mayTake: (name) => (name === 'x-key' ? false : undefined) }),
    ).headers;
    expect(elsewhere).toMatchObject({ 'x-other': 'o' });
    expect(JSON.stringify(elsewhere)).not.toMatch(/Bearer|x-key/);
    expect(JSON.parse(await read('/x?to=/echo', { headers })).headers).toMatchObject({ authorization: 'Bearer s' });
    const shared = JSON.parse(await read(`/x?to=${there}`, { headers, mayTake: () => true })).headers;
    expect(shared).toMatchObject({ authorization: 'Bearer s' });
  });

  it('can be refused by the caller, each of them', async () => {
    const there = encodeURIComponent(`http://127.0.0.1:${otherPort}/echo`);
    const seen: string[] = [];
    const refused = ask(`/x?to=${encodeURIComponent(`/x?status=307&to=${there}`)}`, {
      mayFollow: ({ from, to, status }) => {
        seen.push(`${status} ${from.pathname} ${to.port}`);
        if (to.origin !== from.origin) throw Object.assign(new Error('no'), { code: 'refused' });
      },
    });
    expect(await codeOf(refused)).toBe('refused');
    expect(seen).toEqual([`302 /x ${port}`, `307 /x ${otherPort}`]);
  });

  it('are limited in number', async () => {
    expect(await codeOf(ask('/loop'))).toBe('too-many-redirects');
    const { status, headers } = await ask('/loop', { maxRedirects: 0 });
    expect([status, headers.get('location')]).toEqual([302, '/loop']);
  });

  it('ask the caller before each one', async () => {
    const hops: string[] = [];
    await read('/x?to=/echo', { beforeHop: async (url) => void hops.push(url.pathname) });
    expect(hops).toEqual(['/x', '/echo']);
  });
});

describe('answers', () => {
  it('are decompressed', async () => {
    expect(await read('/gzip')).toBe('packed');
    expect(await read('/br')).toBe('packed');
    expect(await codeOf(read('/not-gzip'))).toBe('unreachable');
    expect(await read('/no-content')).toBe('');
    expect(await codeOf(read('/zstd'))).toBe('unsupported-encoding');
  });

  it.each(['/huge', '/endless', '/bomb'])('are truncated at the limit: %s', async (path) => {
    expect(await codeOf(read(path, { maxBytes: 100_000 }))).toBe('response-too-large');
  });

  it.each(['/short', '/cut-chunks', '/cut-gzip', '/cut-br', '/empty-gzip'])(
    'are complete or an error: %s',
    async (path) => {
      expect(await codeOf(read(path))).toBe('unreachable');
    },
  );

  it('may be as large as the limit', async () => {
    const { body } = await ask('/huge', { maxBytes: 300_000 });
    expect((await buffer(body)).length).toBe(300_000);
  });

  it.each(['/hang', '/half'])('must arrive in time: %s', async (path) => {
    expect(await codeOf(read(path, { timeoutMs: 120 }))).toBe('response-timeout');
  });

  it('can be aborted', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(read('/half', { signal: stop.signal })).rejects.toThrow('stopped');
    await expect(read('/echo', { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

it('reports why a connection failed', async () => {
  expect(await codeOf(read('/reset'))).toBe('unreachable');
  const nowhere = clientFor(async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  });
  const error = await nowhere.request({ url: 'http://nowhere.test/', signal: never }).catch((e) => e);
  expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ENOTFOUND'), transient: true });
  const slow = clientFor(() => new Promise(() => undefined), 60);
  expect(await codeOf(slow.request({ url: 'http://slow.test/', signal: never }))).toBe('connect-timeout');
});

it.each([{ 'x-bad': 'a\r\nx-more: b' }, { 'bad name': 'a' }])(
  'refuses headers with line breaks: %j',
  async (headers) => {
    expect(await codeOf(ask('/echo', { headers: headers as unknown as Record<string, string> }))).toBe(
      'invalid-request',
    );
  },
);
