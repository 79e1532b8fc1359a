import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext } from '@/lib/testing/factories';
import { localHashEmbedder } from './embedders/local-hash';
import { searchDocuments } from './search-documents';
import { storeChunks } from './store-chunks';

const never = new AbortController().signal;
const TEXTS = {
  garden: 'The gardener waters the tomatoes every morning, long before sunrise, and weeds the beds on Sundays.',
  ships: 'Quarterly revenue of the shipping division declined because two container ships were repaired.',
  cats: 'Cats sleep for most of the day and hunt mice at dusk. The neighbour keeps nine of them.',
};

/** Stores a document of one or more chunks. Returns the id of its job. */
async function put(
  context: Context,
  texts: string[],
  batchId: string | null = null,
  title = 'A note',
): Promise<string> {
  const jobId = newId();
  await putAgain(context, jobId, texts, batchId, title);
  return jobId;
}

async function putAgain(context: Context, jobId: string, texts: string[], batchId: string | null, title = 'A note') {
  const vectors = await localHashEmbedder.embed(texts, never);
  const chunks = texts.map((text, i) => ({ text, embedding: vectors[i] ?? new Float32Array() }));
  await storeChunks(context, { jobId, batchId, title, model: localHashEmbedder.model, chunks });
}

const count = async (jobId: string): Promise<number> =>
  (await pool().query('select count(*) as n from document_chunk where job_id = $1', [jobId])).rows[0].n;

describe('storeChunks', () => {
  it('replaces the chunks of an earlier run, also when two runs end at once', async () => {
    const context = await createContext();
    const jobId = newId();
    await putAgain(context, jobId, Array(1200).fill(TEXTS.cats), null);
    expect(await count(jobId)).toBe(1200);
    await Promise.all([1, 2, 3].map(() => putAgain(context, jobId, [TEXTS.cats, TEXTS.ships], null)));
    expect(await count(jobId)).toBe(2);
  });

  it('stores nothing of a document that fails before its end', async () => {
    const context = await createContext();
    const jobId = newId();
    await expect(putAgain(context, jobId, [...Array(700).fill('fine'), 'not\u0000fine'], null)).rejects.toThrow();
    expect(await count(jobId)).toBe(0);
  });
});

describe('searchDocuments', () => {
  let context: Context;
  let jobs: Record<keyof typeof TEXTS, string>;
  const batchId = newId();

  beforeAll(async () => {
    context = await createContext();
    jobs = {
      garden: await put(context, [TEXTS.garden], batchId, 'Gardening'),
      ships: await put(context, [TEXTS.ships]),
      cats: await put(context, [TEXTS.cats], newId()),
    };
  });

  const first = async (q: string, more: { batchId?: string } = {}) =>
    (await searchDocuments(context, { q, limit: 5, ...more }))[0];

  it.each<[string, keyof typeof TEXTS]>([
    ['who waters tomatoes', 'garden'],
    ['TOMATOES', 'garden'],
    ['gardening', 'garden'],
    ['container ship repairs', 'ships'],
    ['nine', 'cats'],
  ])('finds %j', async (q, expected) => {
    expect(await first(q)).toMatchObject({ jobId: jobs[expected], text: TEXTS[expected] });
  });

  it('returns what the contract defines, best first', async () => {
    const hits = await searchDocuments(asMember(context), { q: 'morning revenue', limit: 5 });
    expect(hits[0]).toEqual({
      jobId: expect.any(String),
      batchId: hits[0]?.jobId === jobs.garden ? batchId : null,
      title: expect.any(String),
      text: expect.any(String),
      score: expect.any(Number),
      model: 'local-hash-384',
    });
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('finds nothing if nothing is similar', async () => {
    for (const q of ['xylophone', '…', 'zzzz qqqq'])
      expect(await searchDocuments(context, { q, limit: 5 })).toEqual([]);
  });

  it('searches only the given batch', async () => {
    expect(await first('tomatoes', { batchId })).toMatchObject({ batchId });
    expect(await first('cats hunt mice', { batchId })).toBeUndefined();
    expect(await first('tomatoes', { batchId: 'no such batch' })).toBeUndefined();
  });

  it('searches only the organization', async () => {
    const foreign = await createContext();
    expect(await searchDocuments(foreign, { q: 'tomatoes', limit: 5 })).toEqual([]);
    expect(await searchDocuments(foreign, { q: 'tomatoes', limit: 5, batchId })).toEqual([]);
  });

  it('finds new, replaced and deleted chunks, even when the old ones are cached', async () => {
    expect(await first('tomatoes')).toMatchObject({ jobId: jobs.garden });
    const pianos = await put(context, ['Pianos are tuned twice a year by a careful tuner.']);
    expect(await first('tuning pianos')).toMatchObject({ jobId: pianos });
    expect(await first('tuning pianos')).toMatchObject({ jobId: pianos });
    await putAgain(context, pianos, ['Violins are carried in cases.'], null);
    expect(await first('violins')).toMatchObject({ jobId: pianos, text: 'Violins are carried in cases.' });
    expect(await first('tuning pianos')).toBeUndefined();
    await pool().query('delete from document_chunk where job_id = $1', [pianos]);
    expect(await first('violins')).toBeUndefined();
    expect(await first('tomatoes')).toMatchObject({ jobId: jobs.garden });
  });

  it('shows at most three chunks of one document, and bounded text', async () => {
    const owls = await put(
      context,
      Array.from({ length: 10 }, (_, i) => `Owls, part ${i}. ${'hoot '.repeat(400)}`),
    );
    const hits = await searchDocuments(context, { q: 'owls', limit: 50 });
    expect(hits.filter(({ jobId }) => jobId === owls)).toHaveLength(3);
    expect(Math.max(...hits.map(({ text }) => text.length))).toBeLessThanOrEqual(1000);
  });

  it('skips vectors whose model is gone, and still finds their words', async () => {
    const jobId = newId();
    const chunks = [{ text: 'Zeppelins drift.', embedding: new Float32Array([1, 0, 0]) }];
    await storeChunks(context, { jobId, batchId: null, title: 'Sky', model: 'gone-model', chunks });
    expect(await first('zeppelins')).toMatchObject({ jobId, model: 'gone-model' });
  });
});
