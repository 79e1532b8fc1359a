import type { ServerResponse } from 'node:http';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
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

type Answer = (input: string[], response: ServerResponse) => void;

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
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const { input } = JSON.parse(await text(request)) as { input: string[] };
    state.calls.push(input);
    const answer = state.answers.shift();
    if (answer) return answer(input, response);
    response.end(JSON.stringify({ data: input.map((item, index) => ({ index, embedding: embed(item) })) }));
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
