import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinished } from '@/lib/contracts/status';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import type { Context } from '@/lib/domain/context';
import { searchDocuments } from '@/lib/domain/document/search-documents';
import { storeFile } from '@/lib/domain/file/store-file';
import { getJob } from '@/lib/domain/job/get-job';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { makeDocx } from './processors/document-processing/fixtures/make-docx';
import { makePdf } from './processors/document-processing/fixtures/make-pdf';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const upload = async (name: string, content: Uint8Array) =>
  (await storeFile(context, { name, body: once(content) })).fileId;

/** The expected result of each file: its format, or the code of its error. */
const FILES: [name: string, content: Uint8Array, expected: string][] = [
  ['otters.md', Buffer.from('# Otters\n\nOtters hold hands while they sleep.'), 'markdown'],
  ['empty.txt', Buffer.alloc(0), 'empty-document'],
  ['lynx.pdf', makePdf([['The lynx hears a mouse under the snow.']]), 'pdf'],
  ['corrupt.pdf', Buffer.from('%PDF-1.7\nthis is no PDF'), 'corrupt-document'],
  ['locked.pdf', makePdf([['secret']], { encrypted: true }), 'encrypted-document'],
  ['beaver.docx', makeDocx(['# Beavers', 'Beavers build dams from branches.']), 'docx'],
  ['huge.txt', Buffer.alloc(50 * 1024 * 1024, 'far too many words '), 'document-too-large'],
  ['picture.txt', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'unsupported-format'],
  ['words.pdf', Buffer.from('Only words.'), 'unsupported-format'],
  ['hedgehog.html', Buffer.from('<html><p>Hedgehogs roll up when danger is near.'), 'html'],
];

test('each document of a batch completes or fails on its own, and search finds those that completed', async () => {
  const items = [];
  for (const [name, content] of FILES) items.push({ fileId: await upload(name, content) });
  const { result } = await launchBatch(context, {
    fields: { name: 'Animals', type: 'document-processing', start: 'queue' },
    items: asItems(items),
  });
  const batch = await until('the batch has finished', async () => {
    const seen = await getBatch(context, result.batchId);
    return isFinished(seen.status) && seen;
  });
  expect(batch).toMatchObject({ status: 'partial', total: 10, completed: 4, failed: 6 });

  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 100 });
  const ends = jobs.map((job) => job.error?.code ?? JSON.parse(job.resultPreview ?? '').format);
  expect(ends).toEqual(FILES.map(([, , expected]) => expected));
  // A permanent error of a document is not retried.
  for (const job of jobs) expect(job.attemptsMade).toBe(1);

  for (const [q, index] of [
    ['otters sleep', 0],
    ['lynx', 2],
    ['dams and branches', 5],
    ['hedgehog', 9],
  ] as const) {
    const [hit] = await searchDocuments(context, { q, limit: 3, batchId: result.batchId });
    expect(hit).toMatchObject({ jobId: jobs[index]?.id, batchId: result.batchId });
  }
  const otters = await getJob(context, jobs[0]?.id ?? '');
  expect(otters.progress).toEqual({ current: 1, total: 1, message: 'Done' });
  const { lines } = await readJobLogs(context, otters.id);
  expect(lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('“Otters” (markdown)'));
});
