import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbedderBusyError, EmbedderRefusedError } from './embedder';
import { OpenAiEmbedder } from './openai';

interface Call {
  url: string | undefined;
  authorization: string | undefined;
  body: { model: string; input: string[] };
}

type Answer = (input: string[], response: ServerResponse) => void;

const never = new AbortController().signal;
const vectorOf = (input: string) => [input.length, 1, 0];
const list = (input: string[]) => ({
  object: 'list',
  model: 'test-model',
  data: input.map((item, index) => ({ object: 'embedding', index, embedding: vectorOf(item) })),
});
const json = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const right: Answer = (input, response) => json(response, list(input));

let server: Server;
let baseUrl: string;
let calls: Call[];
/** the responses, each used once; then `right` */
let answers: Answer[];

// A server for each test: a request that was given up may arrive late, and must not take an answer of the next test.
beforeEach(async () => {
  calls = [];
  answers = [];
  // The client could reuse an idle connection at the moment when the server closes it.
  server = createServer({ keepAliveTimeout: 0 }, async (request: IncomingMessage, response) => {
    const body: Call['body'] = JSON.parse(await text(request));
    calls.push({ url: request.url, authorization: request.headers.authorization, body });
    (answers.shift() ?? right)(body.input, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const embedder = (options: Partial<ConstructorParameters<typeof OpenAiEmbedder>[0]> = {}) =>
  new OpenAiEmbedder({ baseUrl, apiKey: 'sk-test', model: 'test-model', ...options });

it('reports the tokens of each answer that says them', async () => {
  answers = [(input, response) => json(response, { ...list(input), usage: { prompt_tokens: 8, total_tokens: 8 } })];
  const tokens: number[] = [];
  await embedder({ maxInputs: 2 }).embed(['a', 'bb', 'ccc'], never, (used) => tokens.push(used));
  expect(tokens).toEqual([8]);
});

it('sends texts in groups and returns unit vectors in their order', async () => {
  const subject = embedder({ maxInputs: 2 });
  const vectors = await subject.embed(['a', 'bb', 'ccc'], never);
  expect(calls.map(({ body }) => body.input)).toEqual([['a', 'bb'], ['ccc']]);
  expect(calls[0]).toMatchObject({
    url: '/v1/embeddings',
    authorization: 'Bearer sk-test',
    body: { model: 'test-model' },
  });
  expect(vectors.map((v) => Math.round((v[0] ?? 0) / (v[1] ?? 1)))).toEqual([1, 2, 3]);
  for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  expect(subject.dimensions).toBe(3);
});

it('puts vectors into order by their index', async () => {
  answers = [(input, response) => json(response, { data: list(input).data.reverse() })];
  const vectors = await embedder().embed(['a', 'bb', 'ccc'], never);
  expect(vectors.map((v) => Math.round((v[0] ?? 0) / (v[1] ?? 1)))).toEqual([1, 2, 3]);
});

describe('when the endpoint answers 429', () => {
  const busy =
    (status: number, headers: Record<string, string>): Answer =>
    (_, response) =>
      json(response, { error: { message: 'slow down' } }, status, headers);

  it.each([
    [429, { 'retry-after-ms': '30' }],
    [503, { 'retry-after': '0.03' }],
  ])('waits for a short time (%i)', async (status, headers) => {
    answers = [busy(status, headers), busy(status, headers)];
    expect(await embedder().embed(['a'], never)).toHaveLength(1);
    expect(calls).toHaveLength(3);
  });

  it('passes a long wait to the caller', async () => {
    answers = [busy(429, { 'retry-after': '120' })];
    const error = await embedder()
      .embed(['a'], never)
      .catch((e) => e);
    expect(error).toBeInstanceOf(EmbedderBusyError);
    expect(error).toMatchObject({ retryAfterMs: 120_000, message: expect.stringMatching(/429: slow down/) });
    expect(calls).toHaveLength(1);
  });

  it('gives up after a few waits', async () => {
    answers = Array.from({ length: 9 }, () => busy(429, { 'retry-after-ms': '1' }));
    await expect(embedder().embed(['a'], never)).rejects.toBeInstanceOf(EmbedderBusyError);
    expect(calls).toHaveLength(6);
  });

  it('stops waiting when it is aborted', async () => {
    answers = [busy(429, { 'retry-after': '4' })];
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(embedder().embed(['a'], stop.signal)).rejects.toThrow('stopped');
  });
});

describe('when the endpoint does not answer', () => {
  it('fails after the time limit', async () => {
    answers = [() => undefined];
    const error = await embedder({ timeoutMs: 60 })
      .embed(['a'], never)
      .catch((e) => e);
    expect(error).toBeInstanceOf(EmbedderBusyError);
    expect(error.message).toMatch(/did not answer within 0.06 s/);
  });

  it('returns the reason if the endpoint is unreachable or closes the connection', async () => {
    const refused = embedder({ baseUrl: 'http://127.0.0.1:1/v1' }).embed(['a'], never);
    await expect(refused).rejects.toThrow(/out of reach/);
    answers = [(_, response) => response.destroy()];
    await expect(embedder().embed(['a'], never)).rejects.toBeInstanceOf(EmbedderBusyError);
  });

  it('does not follow a redirect', async () => {
    answers = [(_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()];
    await expect(embedder().embed(['a'], never)).rejects.toThrow(/answered 307, a redirect, which is not followed/);
    expect(calls).toHaveLength(1);
  });

  it('hides the key when the endpoint repeats it', async () => {
    answers = [(_, response) => json(response, { error: { message: 'Incorrect API key: sk-test' } }, 401)];
    await expect(embedder().embed(['a'], never)).rejects.toThrow('Incorrect API key: [secret EMBEDDING_API_KEY]');
  });

  it('reports the endpoint as busy when its answer is cut off', async () => {
    answers = [(input, response) => response.end(JSON.stringify(list(input)).slice(0, -5))];
    await expect(embedder().embed(['a'], never)).rejects.toBeInstanceOf(EmbedderBusyError);
  });

  it('ignores a Retry-After in the past: the pauses between attempts apply', async () => {
    answers = [(_, response) => json(response, { error: { message: 'slow' } }, 429, { 'retry-after': '0' })];
    const error = await embedder()
      .embed(['a'], never)
      .catch((e) => e);
    expect([error.name, error.retryAfterMs, calls.length]).toEqual(['EmbedderBusyError', undefined, 1]);
  });
});

describe('when the answer is wrong', () => {
  it.each<[string, Answer]>([
    ['refusal', (_, response) => json(response, { error: { message: 'bad key' } }, 401)],
    ['too few vectors', (input, response) => json(response, { data: list(input).data.slice(1) })],
    ['too many vectors', (input, response) => json(response, list([...input, 'more']))],
    ['one index twice', (input, response) => json(response, { data: input.map(() => ({ index: 0, embedding: [1] })) })],
    [
      'different dimensions',
      (input, response) =>
        json(response, { data: input.map((_, index) => ({ index, embedding: Array(index + 1).fill(1) })) }),
    ],
    ['no list', (_, response) => json(response, { ok: true })],
    [
      'numbers that are none',
      (_, response) => response.end('{"data":[{"index":0,"embedding":["x"]},{"index":1,"embedding":[null]}]}'),
    ],
    [
      'endless numbers',
      (_, response) => response.end('{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}]}'),
    ],
  ])('refuses %s', async (_, answer) => {
    answers = [answer];
    await expect(embedder().embed(['a', 'bb'], never)).rejects.toBeInstanceOf(EmbedderRefusedError);
    expect(calls).toHaveLength(1);
  });
});
