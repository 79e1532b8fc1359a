import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DomainError } from '@/lib/domain/errors';
import { type Handler, methods, route } from './route';
import { queryOf } from './validate';

const body = z.strictObject({ name: z.string(), deep: z.strictObject({ n: z.int() }).optional() });
const query = z.strictObject({ limit: z.coerce.number().max(10).default(5) });

const echo = route({ auth: 'none', body, query, bodyLimit: 1000 }, ({ body, query, params }) => ({
  body,
  query,
  params,
}));

const send = async (handler: Handler, init: RequestInit & { path?: string } = {}) => {
  const request = new Request(`http://localhost${init.path ?? '/api/x'}`, { method: 'POST', ...init });
  const response = await handler(request, { params: Promise.resolve({ id: 'a' }) });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
};
const json = (text: string, headers: Record<string, string> = {}) => ({
  body: text,
  headers: { 'content-type': 'application/json', ...headers },
});

describe('route', () => {
  it('passes checked values to the handler, and answers JSON that is not cached', async () => {
    const { status, headers, json: answer } = await send(echo, json('{"name":"n"}'));
    expect([status, answer]).toEqual([200, { body: { name: 'n' }, query: { limit: 5 }, params: { id: 'a' } }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  it('names every wrong and every unknown field', async () => {
    const { status, json: answer } = await send(echo, json('{"name":1,"zig":2,"zag":3,"deep":{"n":1.5,"m":0}}'));
    expect(status).toBe(400);
    expect((answer.errors as { path: string }[]).map((e) => e.path).sort()).toEqual([
      'deep.m',
      'deep.n',
      'name',
      'zag',
      'zig',
    ]);
  });

  it('refuses NUL in a parameter, because the database cannot search for it', async () => {
    expect(await send(echo, { ...json('{"name":"n"}'), path: '/api/x?limit=1&q=a%00b' })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request', errors: [{ path: 'q', message: 'must not contain NUL characters' }] },
    });
  });

  it('refuses unknown and wrong parameters', async () => {
    expect(await send(echo, { ...json('{"name":"n"}'), path: '/api/x?foo=1&limit=99' })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request', errors: [{ path: 'limit' }, { path: 'foo' }] },
    });
  });

  it.each([
    [400, 'invalid-json', json('{"name":}')],
    [400, 'invalid-request', json('')],
    [400, 'invalid-request', json('"\xff"'.replace('\xff', 'x'))],
    [413, 'payload-too-large', json(`{"name":"${'x'.repeat(2000)}"}`)],
    [
      415,
      'unsupported-media-type',
      { body: 'name=n', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [415, 'unsupported-media-type', json('{"name":"n"}', { 'content-encoding': 'gzip' })],
    [415, 'unsupported-media-type', json('{}', { 'content-type': 'application/json; charset=latin1' })],
  ])('answers %i %s to a bad body', async (status, code, init) => {
    expect(await send(echo, init)).toMatchObject({ status, json: { status, code } });
  });

  it('refuses bytes that are not text, and measures a body without a length', async () => {
    const bytes = { body: Uint8Array.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' } };
    expect(await send(echo, bytes)).toMatchObject({ status: 400 });
    const stream = new Blob([`"${'x'.repeat(5000)}"`]).stream();
    const init = { body: stream, duplex: 'half', headers: { 'content-type': 'application/json' } } as RequestInit;
    expect(await send(echo, init)).toMatchObject({ status: 413 });
  });

  it('turns an exception of a handler into a problem, and keeps a valid request id', async () => {
    const refusing = route({ auth: 'none' }, () => {
      throw new DomainError('capacity-reached', 'full', { retryAfterSeconds: 3 });
    });
    const { status, headers } = await send(refusing, { headers: { 'x-request-id': 'abc-1' } });
    expect([status, headers.get('retry-after'), headers.get('x-request-id')]).toEqual([429, '3', 'abc-1']);
    const { headers: other } = await send(refusing, { headers: { 'x-request-id': 'a b' } });
    expect(other.get('x-request-id')).not.toBe('a b');
  });

  it('releases the body that HEAD does not send', async () => {
    let gone = false;
    const open = route({ auth: 'none' }, () => {
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => {
          gone = true;
        },
      });
      return new Response(body, { status: 206, headers: { 'content-length': '1000', etag: '"a"' } });
    });
    const request = new Request('http://localhost/api/x', { method: 'HEAD' });
    const answer = await open(request, { params: Promise.resolve({}) });
    expect([answer.status, answer.body, gone]).toEqual([206, null, true]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-length': '1000', etag: '"a"' });
  });

  it('reads no body that the handler does not request', async () => {
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const answer = await send(
      route({ permission: 'signed-in' }, () => ({})),
      { body: stream, duplex: 'half' } as RequestInit,
    );
    expect(answer.status).toBe(401);
    // A stream produces one chunk before the first read.
    expect(sent).toBeLessThanOrEqual(1);
  });
});

describe('methods', () => {
  it('answers 405 with the allowed methods', async () => {
    const { PUT } = methods({ GET: echo, POST: echo });
    const { status, headers } = await send(PUT, { method: 'PUT' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

it('queryOf treats a parameter without a value as missing', () => {
  expect(queryOf(new Request('http://x/?status=&limit=&q=c&type=&type=a'))).toEqual({ q: 'c', type: 'a' });
});

it('queryOf joins repeated parameters', () => {
  expect(queryOf(new Request('http://x/?status=a&status=b&q=c'))).toEqual({ status: 'a,b', q: 'c' });
});
