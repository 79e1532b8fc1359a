import { expect, test } from 'vitest';
import { newId } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { createContext } from '@/lib/testing';
import { currentEmbedder } from './embedders';
import { searchDocuments } from './search-documents';
import { storeChunks } from './store-chunks';

async function store(context: Context, title: string, texts: string[], batchId: string | null = null): Promise<string> {
  const embedder = currentEmbedder();
  const vectors = await embedder.embed(texts, AbortSignal.timeout(5000));
  const jobId = newId();
  const chunks = texts.map((text, i) => ({ text, embedding: vectors[i] ?? new Float32Array() }));
  await storeChunks(context, { jobId, batchId, title, model: embedder.model, chunks });
  return jobId;
}

test('finds the chunk that answers, best first, with the model that made its vector', async () => {
  const context = await createContext();
  const lamps = await store(context, 'Lamps', ['The keeper trims the wick at dusk.', 'Oil is stored in the cellar.']);
  await store(context, 'Bread', ['Knead the sourdough until it is smooth.']);
  const hits = await searchDocuments(context, { q: 'who trims the wick', limit: 5 });
  expect(hits[0]).toMatchObject({ jobId: lamps, title: 'Lamps', text: 'The keeper trims the wick at dusk.' });
  expect(hits[0]?.model).toBe(currentEmbedder().model);
  expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).sort((a, b) => b - a));
});

test('keeps to one organisation, and to one batch where asked', async () => {
  const [mine, theirs] = [await createContext(), await createContext()];
  const batchId = newId();
  const inBatch = await store(mine, 'In', ['A bowline does not slip.'], batchId);
  await store(mine, 'Out', ['A bowline does not slip either.']);
  await store(theirs, 'Theirs', ['A bowline does not slip at all.']);
  const everywhere = await searchDocuments(mine, { q: 'bowline', limit: 10 });
  expect(everywhere.map((hit) => hit.title).sort()).toEqual(['In', 'Out']);
  const within = await searchDocuments(mine, { q: 'bowline', limit: 10, batchId });
  expect(within.map((hit) => hit.jobId)).toEqual([inBatch]);
});

test('storing again replaces what the job had stored', async () => {
  const context = await createContext();
  const embedder = currentEmbedder();
  const jobId = newId();
  for (const text of ['The first draft about herons.', 'The second draft about herons.']) {
    const [embedding = new Float32Array()] = await embedder.embed([text], AbortSignal.timeout(5000));
    await storeChunks(context, {
      jobId,
      batchId: null,
      title: 'Draft',
      model: embedder.model,
      chunks: [{ text, embedding }],
    });
  }
  const hits = await searchDocuments(context, { q: 'herons', limit: 10 });
  expect(hits.map((hit) => hit.text)).toEqual(['The second draft about herons.']);
});
