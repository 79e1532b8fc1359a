import { join } from 'node:path';
import { findDifferences, tally } from './demo-counts.mjs';
import { findDocuments } from './demo-documents.mjs';
import { StartError } from './failure.mjs';
import { ROOT } from './place.mjs';
import { openBar } from './progress-bar.mjs';
import { say, step } from './step.mjs';

const DOCUMENTS = 300;
const UPLOADS_AT_ONCE = 8;
const QUERIES = ['copy many rows into a table of Postgres', 'read a CSV file as a stream'];
/**
 * Bytes of the matrix, by status.
 * @type {Partial<Record<number, string>>}
 */
const MATRIX = { 2: 'completed', 3: 'failed', 4: 'cancelled' };

/**
 * Embeds real documents, follows their progress, checks every count and searches.
 * @param {import('./demo-client.mjs').Client} client
 * @param {string} url
 * @returns a line for each difference between two counts
 */
export async function runDemo(client, url) {
  const documents = findDocuments(join(ROOT, 'node_modules'), DOCUMENTS);
  if (documents.length < 100) throw new StartError('The installed packages hold too few Markdown files for a demo.');
  const items = await step(`Uploading ${documents.length} Markdown documents of the installed packages`, (detail) =>
    uploadAll(client, documents, detail),
  );
  const { batchId } = await client.launch({
    name: `Demo: ${items.length} documents`,
    type: 'document-processing',
    items,
    start: 'manual',
  });
  say(`Embedding them: ${url}/batches/${batchId}`);
  const began = Date.now();
  const done = await watch(client, batchId);
  say(`${done.status}: ${done.total} documents in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  const differences = await compare(client, batchId, done, items.length);
  await explainFailures(client, batchId, done);
  const found = await searchAll(client, batchId);
  return found ? differences : [...differences, 'a search found nothing in what was embedded'];
}

/**
 * @param {import('./demo-client.mjs').Client} client
 * @param {ReturnType<typeof findDocuments>} documents
 * @param {import('./step.mjs').Detail} detail
 */
async function uploadAll(client, documents, detail) {
  /** @type {{ fileId: string, title: string }[]} */
  const items = [];
  const waiting = documents.entries();
  const lane = async () => {
    for (const [index, document] of waiting) {
      const { fileId } = await client.upload(document);
      items[index] = { fileId, title: document.title };
      detail(`${index + 1} of ${documents.length}`);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
  return items;
}

/**
 * Starts the batch after the stream is open, so that no event is missed; returns its `done` event.
 * @param {import('./demo-client.mjs').Client} client
 * @param {string} batchId
 */
async function watch(client, batchId) {
  const bar = openBar();
  const closing = new AbortController();
  try {
    for await (const { event, data } of client.events(batchId, closing.signal)) {
      if (event === 'snapshot') await client.start(batchId, () => say('Other batches hold the capacity; waiting …'));
      if (event === 'processing:progress') bar.draw(data);
      if (event === 'done' && data.batchId === batchId) return data;
    }
  } finally {
    bar.end();
    closing.abort();
  }
  throw new StartError('The event stream ended before the batch did.');
}

/**
 * @param {import('./demo-client.mjs').Client} client
 * @param {string} batchId
 * @param {import('./demo-client.mjs').DoneEvent} done
 * @param {number} launched
 */
async function compare(client, batchId, done, launched) {
  const rows = [];
  for await (const job of client.jobs(batchId)) rows.push(job);
  const sources = {
    'the done event': done,
    'what was launched': { total: launched },
    'GET /api/batches/:id': (await client.batch(batchId)).batch,
    'GET /api/batches/:id/status': await client.status(batchId),
    'the rows of GET /api/batches/:id/jobs': tally(rows, (job) => job.status),
    'the lines of GET /api/batches/:id/results': tally(await client.results(batchId), (line) => line.status),
    'GET /api/batches/:id/matrix': tally(await client.matrix(batchId), (byte) => MATRIX[byte]),
  };
  const differences = findDifferences(sources);
  if (differences.length === 0) say(`Counts agree in ${Object.keys(sources).length} places.`);
  return differences;
}

/**
 * @param {import('./demo-client.mjs').Client} client
 * @param {string} batchId
 * @param {import('./demo-client.mjs').DoneEvent} done
 */
async function explainFailures(client, batchId, done) {
  if (!done.failed) return;
  const { groups } = await client.failures(batchId);
  for (const group of groups) say(`  failed ${JSON.stringify(group).slice(0, 200)}`);
}

/**
 * @param {import('./demo-client.mjs').Client} client
 * @param {string} batchId
 */
async function searchAll(client, batchId) {
  let found = true;
  for (const query of QUERIES) {
    const { hits } = await client.search(query, batchId);
    found &&= hits.length > 0;
    console.log(`\nSearch: ${query}`);
    for (const { score, title, text } of hits) {
      console.log(`  ${score.toFixed(3)}  ${title}\n         ${text.replace(/\s+/g, ' ').slice(0, 100)} …`);
    }
  }
  return found;
}
