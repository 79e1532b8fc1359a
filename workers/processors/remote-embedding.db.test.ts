import type { ServerResponse } from 'node:http';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { localHashEmbedder } from '@/lib/domain/document/embedders/local-hash';
import { searchDocuments } from '@/lib/domain/document/search-documents';
import { storeChunks } from '@/lib/domain/document/store-chunks';
import { childrenOf } from '@/lib/domain/flow/read-children';
import { createContext } from '@/lib/testing/factories';
import { filesOf } from '@/workers/runtime/attempt-files';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { processDocument } from './document-processing';
import { embedChunks } from './document-processing/embed';

type Answer = (input: string[], response: ServerResponse) => unknown;

// The environment is read once, so the endpoint must exist before any module of the product is imported.
const endpoint = await vi.hoisted(async () => {
  const { createServer } = await import('node:http');
  const { text } = await import('node:stream/consumers');
  const state = { answers: [] as Answer[], calls: [] as string[][], close: () => {} };
  /** A simple embedding: counts words about the sea and words about the sky. */
  const embed = (input: string): number[] => {
    const count = (words: RegExp) => input.match(words)?.length ?? 0;
    return [1 + 9 * count(/sea|ship|wave|sail/gi), 1 + 9 * count(/sky|cloud|plane|wing/gi), 1];
  };
  // The server could close an idle connection just when the client reuses it.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response): Promise<unknown> => {
    const { input } = JSON.parse(await text(request)) as { input: string[] };
    state.calls.push(input);
    const answer = state.answers.shift();
    if (answer) return answer(input, response);
    return response.end(JSON.stringify({ data: input.map((item, index) => ({ index, embedding: embed(item) })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  process.env.EMBEDDING_BASE_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`;
  process.env.EMBEDDING_MODEL = 'sea-and-sky';
  state.close = () => server.close();
  return state;
});

afterAll(() => endpoint.close());

beforeEach(() => {
  endpoint.answers = [];
  endpoint.calls = [];
});

type Job = ProcessorContext<'document-processing'>;

const processText = (context: Context, text: string) => {
  const jobId = newId();
  const { signal } = new AbortController();
  const reported: number[] = [];
  const job = {
    jobId,
    batchId: null,
    organizationId: context.organizationId,
    correlationId: null,
    attempt: 1,
    data: { text, title: 'A note' },
    signal,
    log: () => undefined,
    warn: () => undefined,
    cost: ({ tokens = 0 }) => reported.push(tokens),
    updateProgress: () => undefined,
    ...filesOf({ id: jobId, organization_id: context.organizationId, attempt: 1 }, { signal }),
    ...childrenOf(jobId, null),
  } satisfies Partial<Job> as Partial<Job> as Job;
  return { jobId, result: processDocument(job), reported };
};

const answer =
  (status: number, headers: Record<string, string>, body = '{}'): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

it('reports the tokens that the endpoint says it used', async () => {
  const body = (input: string[]) => ({
    data: input.map((_, index) => ({ index, embedding: [1, 0, 1] })),
    usage: { prompt_tokens: 11, total_tokens: 11 },
  });
  endpoint.answers = [(input, response) => response.end(JSON.stringify(body(input)))];
  const { result, reported } = processText(await createContext(), 'A text of a few words.');
  await result;
  expect(reported).toEqual([11]);
});

describe('documents that are embedded at the same moment', () => {
  /** Begins to embed one text of each document. `result` is the vector's first number, before it was scaled. */
  const embed = (texts: string[], organizationOf = (_text: string) => 'one') =>
    texts.map((text) => {
      const stop = new AbortController();
      const tokens: number[] = [];
      const result = embedChunks(text, [text], {
        organizationId: organizationOf(text),
        signal: stop.signal,
        onProgress: () => undefined,
        onTokens: (used) => tokens.push(used),
      }).then(({ embeddings: [vector] }) => Math.round((vector?.[0] ?? 0) / (vector?.[2] ?? 1)));
      // Each test looks at it, some of them late.
      result.catch(() => undefined);
      return { stop, tokens, result };
    });

  /** Answers with the number of words of each text, and the tokens, when `opened`. */
  const counting =
    (tokens: number, opened: Promise<void> = Promise.resolve()): Answer =>
    async (input, response) => {
      await opened;
      const data = input.map((text, index) => ({ index, embedding: [text.split(' ').length, 0, 1] }));
      response.end(JSON.stringify({ data, usage: { prompt_tokens: tokens, total_tokens: tokens } }));
    };
  const refused = answer(400, {}, '{"error":{"message":"too many tokens"}}');

  it('share a call, get their own vectors, and its tokens by the length of their texts', async () => {
    endpoint.answers = [counting(11)];
    const sent = embed(['one', 'one two three', 'a b']);
    expect(await Promise.all(sent.map(({ result }) => result))).toEqual([1, 3, 2]);
    expect(endpoint.calls).toEqual([['one', 'one two three', 'a b']]);
    expect(sent.map(({ tokens }) => tokens)).toEqual([[2], [7], [2]]);
  });

  it('do not fail by the text of another one: what is refused together is sent again one by one', async () => {
    endpoint.answers = [
      refused,
      ...['a', 'b', 'c'].map(
        (): Answer => (input, response) => {
          if (input.includes('too long')) return refused(input, response);
          return counting(1)(input, response);
        },
      ),
    ];
    const sent = embed(['one', 'too long', 'a b c']);
    expect(await sent[0]?.result).toBe(1);
    expect(await sent[2]?.result).toBe(3);
    await expect(sent[1]?.result).rejects.toMatchObject({ name: 'PermanentError', code: 'embedding-refused' });
    expect(endpoint.calls.map((texts) => texts.length)).toEqual([3, 1, 1, 1]);
    expect(sent.map(({ tokens }) => tokens)).toEqual([[1], [], [1]]);
  });

  it('are all deferred when the endpoint asks them to wait, without another call', async () => {
    endpoint.answers = [answer(429, { 'retry-after': '90' })];
    for (const { result } of embed(['one', 'two'])) {
      await expect(result).rejects.toMatchObject({ name: 'RetryLaterError', delayMs: 90_000 });
    }
    expect(endpoint.calls).toHaveLength(1);
  });

  it('are sent again one by one when the endpoint fails at them, and not when it is away', async () => {
    endpoint.answers = [answer(500, {}), answer(500, {}), counting(1)];
    const failing = await Promise.allSettled(embed(['one', 'two']).map(({ result }) => result));
    expect(failing.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    endpoint.calls = [];
    endpoint.answers = [(_, response) => response.destroy()];
    for (const { result } of embed(['one', 'two'])) {
      await expect(result).rejects.toMatchObject({ code: 'embedding-unavailable' });
    }
    expect(endpoint.calls).toHaveLength(1);
  });

  it('go on when one of them is aborted, which ends at once', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    endpoint.answers = [counting(4, opened)];
    const [stopped, other] = embed(['one', 'one two']);
    await vi.waitUntil(() => endpoint.calls.length > 0, { timeout: 240_000 });
    stopped?.stop.abort(new Error('stopped'));
    await expect(stopped?.result).rejects.toThrow('stopped');
    open();
    expect(await other?.result).toBe(2);
    expect(endpoint.calls).toHaveLength(1);
  });

  it('are in several calls if they are too many texts for one, or too many characters', async () => {
    const long = 'x'.repeat(90_000);
    const texts = [`${long} 1`, `${long} 2`, `${long} 3`, 'short'];
    await Promise.all(embed(texts).map(({ result }) => result));
    expect(endpoint.calls.map((call) => call.length).sort()).toEqual([2, 2]);
    endpoint.calls = [];
    const many = Array.from({ length: 70 }, (_, i) => `text ${i}`);
    await Promise.all(embed(many).map(({ result }) => result));
    expect(endpoint.calls.map((call) => call.length).sort()).toEqual([6, 64]);
  });

  it('of two organizations are in two calls', async () => {
    await Promise.all(embed(['one', 'two', 'one more'], (text) => text.slice(0, 3)).map(({ result }) => result));
    expect(endpoint.calls.toSorted()).toEqual([['one', 'one more'], ['two']]);
  });
});

it("embeds documents and questions with the endpoint, and stores the model's name with each vector", async () => {
  const context = await createContext();
  const ships = processText(context, 'A ship under sail crosses the waves.');
  const planes = processText(context, 'A plane with broad wings leaves the clouds.');
  expect(await ships.result).toMatchObject({ model: 'sea-and-sky', dimensions: 3, chunks: 1 });
  await planes.result;
  const hits = await searchDocuments(context, { q: 'sky', limit: 5 });
  expect(hits[0]).toMatchObject({ jobId: planes.jobId, model: 'sea-and-sky' });
  expect(endpoint.calls.at(-1)).toEqual(['sky']);
});

it('searches vectors of the local embedder and of the endpoint together', async () => {
  const context = await createContext();
  await processText(context, 'A ship under sail crosses the waves.').result;
  const text = 'The old harbour master counts barrels.';
  const [embedding = new Float32Array()] = await localHashEmbedder.embed([text], new AbortController().signal);
  const jobId = newId();
  const chunks = [{ text, embedding }];
  await storeChunks(context, { jobId, batchId: null, title: 'Before', model: localHashEmbedder.model, chunks });
  const hits = await searchDocuments(context, { q: 'harbour barrels', limit: 5 });
  expect(hits[0]).toMatchObject({ jobId, model: 'local-hash-384' });
});

it('is deferred as long as the endpoint asks', async () => {
  const context = await createContext();
  endpoint.answers = [answer(429, { 'retry-after': '90' })];
  const { jobId, result } = processText(context, 'A ship.');
  await expect(result).rejects.toMatchObject({
    name: 'RetryLaterError',
    delayMs: 90_000,
    code: 'embedding-unavailable',
  });
  const { rows } = await pool().query('select 1 from document_chunk where job_id = $1', [jobId]);
  expect(rows).toEqual([]);
});

it('fails without a retry when the endpoint refuses', async () => {
  const context = await createContext();
  endpoint.answers = [answer(401, {}, '{"error":{"message":"Incorrect API key provided"}}')];
  await expect(processText(context, 'A ship.').result).rejects.toMatchObject({
    name: 'PermanentError',
    code: 'embedding-refused',
    message: expect.stringContaining('Incorrect API key provided'),
  });
});

it('is retried with backoff when the endpoint fails without Retry-After', async () => {
  const context = await createContext();
  endpoint.answers = [answer(500, {})];
  await expect(processText(context, 'A ship.').result).rejects.toMatchObject({ code: 'embedding-unavailable' });
});

it('reports that search is unavailable while the endpoint is', async () => {
  const context = await createContext();
  await processText(context, 'A ship.').result;
  endpoint.answers = [answer(503, { 'retry-after': '60' })];
  const search = searchDocuments(context, { q: 'ship', limit: 5 });
  await expect(search).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('sea-and-sky') });
});
