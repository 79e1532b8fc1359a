import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import type { JobWarning } from '@/lib/contracts/job';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { searchDocuments } from '@/lib/domain/document/search-documents';
import { storeFile } from '@/lib/domain/file/store-file';
import { childrenOf } from '@/lib/domain/flow/read-children';
import type { InputOf } from '@/lib/job-types/catalogue';
import { createContext } from '@/lib/testing/factories';
import { filesOf } from '@/workers/runtime/attempt-files';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { processDocument } from './document-processing';
import { makeDocx } from './document-processing/fixtures/make-docx';
import { makePdf } from './document-processing/fixtures/make-pdf';

type Job = ProcessorContext<'document-processing'>;
type Progress = Parameters<Job['updateProgress']>;

function jobOf(context: Context, data: InputOf<'document-processing'>, more: Partial<Job> = {}) {
  const progress: Progress[] = [];
  const logs: string[] = [];
  const warnings: JobWarning[] = [];
  const jobId = newId();
  const { signal } = new AbortController();
  const job = {
    jobId,
    batchId: null,
    organizationId: context.organizationId,
    correlationId: null,
    attempt: 1,
    data,
    signal,
    ...filesOf({ id: jobId, organization_id: context.organizationId, attempt: 1 }, { signal }),
    ...childrenOf(jobId, null),
    log: (level, message) => logs.push(`${level}: ${message}`),
    warn: (code, message) => warnings.push({ code, message }),
    cost: () => undefined,
    updateProgress: (...update) => progress.push(update),
    ...more,
  } satisfies Partial<Job> as Partial<Job> as Job;
  return { job, progress, logs, warnings };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const upload = async (context: Context, name: string, content: Uint8Array) =>
  (await storeFile(context, { name, body: once(content) })).fileId;

it.each<[string, Uint8Array, { format: string; title: string }]>([
  ['notes.md', Buffer.from('# Travel\n\nKangaroos hop.'), { format: 'markdown', title: 'Travel' }],
  ['plain.txt', Buffer.from('Kangaroos hop.'), { format: 'text', title: 'plain.txt' }],
  ['page.html', Buffer.from('<html><h1>Zoo</h1><p>Kangaroos hop.'), { format: 'html', title: 'Zoo' }],
  ['paper.pdf', makePdf([['Kangaroos hop.']], { title: 'Marsupials' }), { format: 'pdf', title: 'Marsupials' }],
  ['letter.docx', makeDocx(['# Dear', 'Kangaroos hop.']), { format: 'docx', title: 'Dear' }],
])('makes %s searchable', async (name, content, expected) => {
  const context = await createContext();
  const { job, progress, logs } = jobOf(
    context,
    { fileId: await upload(context, name, content) },
    { batchId: newId() },
  );
  const result = await processDocument(job);
  expect(result).toMatchObject({ ...expected, chunks: 1, model: 'local-hash-384', dimensions: 384 });
  expect(result.characters).toBeGreaterThanOrEqual('Kangaroos hop.'.length);
  expect(progress.at(-1)).toEqual([1, 1, 'Done']);
  expect(logs.length).toBeGreaterThan(0);
  const hits = await searchDocuments(context, { q: 'kangaroos', limit: 5 });
  expect(hits).toMatchObject([{ jobId: job.jobId, batchId: job.batchId, title: expected.title }]);
});

it('accepts text in place of a file, with or without a title', async () => {
  const context = await createContext();
  const { job } = jobOf(context, { text: 'A plain remark about otters.' });
  expect(await processDocument(job)).toMatchObject({ title: 'A plain remark about otters.', format: 'text' });
  const { job: titled } = jobOf(context, { text: '# Otters\n\nThey swim.', title: 'otters.md' });
  expect(await processDocument(titled)).toMatchObject({ title: 'otters.md', format: 'markdown' });
});

it('shows the encoding that it assumed, and uses the one that is given', async () => {
  const context = await createContext();
  const fileId = await upload(context, 'a.txt', iconv.encode('Аренда квартир в Москве недорого', 'cp866'));
  const assumed = jobOf(context, { fileId });
  expect(await processDocument(assumed.job)).toMatchObject({ encoding: 'ibm866' });
  expect(assumed.warnings).toMatchObject([{ code: 'encoding-assumed', message: expect.stringContaining('ibm866') }]);
  expect(await searchDocuments(context, { q: 'квартир', limit: 5 })).toHaveLength(1);
  const given = jobOf(context, { fileId, encoding: 'koi8-r' });
  expect(await processDocument(given.job)).toMatchObject({ encoding: 'koi8-r' });
  expect(given.warnings).toEqual([]);
});

it('cuts chunks as configured, and does not treat another chunk size as a duplicate', async () => {
  const context = await createContext();
  const text = 'Wombats dig burrows with their claws. '.repeat(100);
  const usual = await processDocument(jobOf(context, { text }).job);
  const small = await processDocument(jobOf(context, { text, chunkSize: 200, chunkOverlap: 0 }).job);
  expect(usual.chunks).toBeLessThan(6);
  expect(small.duplicateOf).toBeUndefined();
  expect(small.chunks).toBeGreaterThan(18);
  expect(
    (await processDocument(jobOf(context, { text, chunkSize: 200, chunkOverlap: 0 }).job)).duplicateOf,
  ).toBeDefined();
});

it('stores each chunk once however often it runs', async () => {
  const context = await createContext();
  const { job } = jobOf(context, { text: 'Some sentence or other. '.repeat(500) });
  const { chunks } = await processDocument(job);
  await Promise.all([processDocument(job), processDocument({ ...job, attempt: 2 })]);
  const { rows } = await pool().query('select position from document_chunk where job_id = $1 order by 1', [job.jobId]);
  expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: chunks }, (_, i) => i));
});

const long = 'Wombats dig burrows with their strong claws, and they come out at night to graze on grasses and roots.';

it.each([
  ['en', long],
  ['de', 'Der Wombat gräbt mit seinen kräftigen Krallen weitläufige Höhlen und kommt erst in der Nacht heraus.'],
  ['fr', 'Le wombat creuse de longs terriers avec ses griffes puissantes et ne sort que la nuit pour se nourrir.'],
  ['ja', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
  [null, 'Wombats dig.'],
  [null, 'Quarterly report header Item Price Bolt 0.10 Nut 0.20'],
])('detects the language: %s', async (language, text) => {
  const context = await createContext();
  expect((await processDocument(jobOf(context, { text }).job)).language).toBe(language);
});

it('stores a text once, and finds it for every document that has it', async () => {
  const context = await createContext();
  const [first, second, other] = [newId(), newId(), newId()];
  const original = jobOf(context, { text: `${long}\n\nAlso.`, title: 'One' }, { batchId: first }).job;
  const copy = jobOf(context, { text: `  ${long.toUpperCase()}\r\n\r\nalso. ` }, { batchId: second });
  const { chunks } = await processDocument(original);
  expect(await processDocument(copy.job)).toMatchObject({
    duplicateOf: original.jobId,
    chunks,
    model: 'local-hash-384',
  });
  expect(copy.logs.at(-1)).toContain(original.jobId);
  const chunksOf = async (jobId: string) =>
    (await pool().query('select 1 from document_chunk where job_id = $1', [jobId])).rowCount;
  expect(await chunksOf(copy.job.jobId)).toBe(0);

  const find = async (batchId?: string) =>
    (await searchDocuments(context, { q: 'wombats', limit: 5, ...(batchId ? { batchId } : {}) })).map((hit) => [
      hit.jobId,
      hit.batchId,
    ]);
  expect(await find()).toEqual([[original.jobId, first]]);
  expect(await find(second)).toEqual([[copy.job.jobId, second]]);
  expect(await find(other)).toEqual([]);

  // Another organization has its own documents; a second run of the same job is not a duplicate of itself.
  const foreign = await processDocument(jobOf(await createContext(), { text: `${long}\n\nAlso.` }).job);
  expect(foreign.duplicateOf).toBeUndefined();
  expect((await processDocument({ ...original, attempt: 2 })).duplicateOf).toBeUndefined();

  // The text of the original changes: the copy takes over the old text.
  await processDocument({ ...original, data: { text: 'Quokkas smile at everybody who comes by.' } });
  expect(await find()).toEqual([[copy.job.jobId, second]]);
  expect(await chunksOf(copy.job.jobId)).toBe(chunks);
  expect(await processDocument(jobOf(context, { text: `${long} Also.` }).job)).toMatchObject({
    duplicateOf: copy.job.jobId,
  });
});

it('stores one text when two jobs process the same text at the same time', async () => {
  const context = await createContext();
  const jobs = Array.from({ length: 8 }, () => jobOf(context, { text: long }).job);
  const results = await Promise.all(jobs.map((job) => processDocument(job)));
  expect(results.filter(({ duplicateOf }) => duplicateOf === undefined)).toHaveLength(1);
  expect(await searchDocuments(context, { q: 'wombats', limit: 10 })).toHaveLength(1);
});

it.each<[string, Uint8Array, string]>([
  ['empty.txt', Buffer.alloc(0), 'empty-document'],
  ['broken.pdf', Buffer.from('%PDF-1.7\nnothing of the kind'), 'corrupt-document'],
  ['broken.docx', makeDocx(['x']).slice(0, 200), 'corrupt-document'],
  ['huge.txt', Buffer.alloc(50 * 1024 * 1024, 'words '), 'document-too-large'],
  ['huger.pdf', Buffer.alloc(65 * 1024 * 1024), 'document-too-large'],
])('fails %s without a retry, with a reason', async (name, content, code) => {
  const context = await createContext();
  const { job } = jobOf(context, { fileId: await upload(context, name, content) });
  await expect(processDocument(job)).rejects.toMatchObject({ name: 'PermanentError', code });
  const { rows } = await pool().query('select 1 from document_chunk where job_id = $1', [job.jobId]);
  expect(rows).toEqual([]);
});

it('fails without a retry if its file is missing or belongs to another organization', async () => {
  const [context, foreign] = [await createContext(), await createContext()];
  const fileId = await upload(foreign, 'a.txt', Buffer.from('secret'));
  for (const id of [fileId, newId()]) {
    const { job } = jobOf(context, { fileId: id });
    await expect(processDocument(job)).rejects.toMatchObject({ name: 'PermanentError', code: 'file-not-found' });
  }
});

it('ends at once when it is aborted, even in the middle of a PDF', async () => {
  const context = await createContext();
  const pages = Array.from({ length: 2000 }, (_, i) => Array.from({ length: 40 }, (_, j) => `Page ${i} line ${j}.`));
  const fileId = await upload(context, 'long.pdf', makePdf(pages));
  const stop = new AbortController();
  const { job } = jobOf(context, { fileId }, { signal: stop.signal });
  const run = processDocument(job);
  let before = process.cpuUsage();
  setTimeout(() => {
    before = process.cpuUsage();
    stop.abort(new Error('stopped'));
  }, 500);
  await expect(run).rejects.toThrow('stopped');
  // What was computed after the abort, in all threads. To read the whole PDF takes seconds of it.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(400);
  const { job: next } = jobOf(context, { fileId: await upload(context, 'next.pdf', makePdf([['Still works.']])) });
  expect(await processDocument(next)).toMatchObject({ chunks: 1 });
});
