import { expect, test } from '@/e2e/support/test';

const HARBOUR = `# Harbour rules\n\nThe lighthouse keeper lights the lamp at dusk. Every vessel that enters the harbour at night
must carry a green lantern on its starboard side.\n\nThe harbour master keeps the log of arrivals.`;
const BREAD =
  '<html><body><h1>Bread</h1><p>Knead the sourdough until it is smooth, then let it rest overnight.</p></body></html>';

test('documents are read, embedded and found, and a bad one fails alone with its reason @both', async ({ api }) => {
  const upload = async (name: string, content: string | Uint8Array<ArrayBuffer>) => {
    const { status, body } = await api.upload(name, content);
    expect(status).toBe(201);
    return body.fileId;
  };
  const fileIds = [
    await upload('harbour.md', HARBOUR),
    await upload('bread.html', BREAD),
    await upload('empty.txt', ''),
    await upload('broken.pdf', '%PDF-1.7 and then nothing that a reader could use'),
  ];
  const items = [...fileIds.map((fileId) => ({ fileId })), { text: 'Glaciers carve valleys.', title: 'Ice' }];
  const { body } = await api.launch({ name: 'documents', type: 'document-processing', items });
  const batch = await api.finished(body.batchId);
  expect(batch).toMatchObject({ status: 'partial', completed: 3, failed: 2 });
  const children = await api.children(body.batchId);
  expect(children.map((job) => job.status)).toEqual(['completed', 'completed', 'failed', 'failed', 'completed']);
  expect(JSON.parse(children[0]?.resultPreview ?? '')).toMatchObject({
    chunks: expect.any(Number),
    model: expect.any(String),
  });
  for (const failed of [children[2], children[3]]) expect(failed?.error?.message).toBeTruthy();

  const hits = await api.search('green lantern of a vessel at night', body.batchId);
  expect(hits[0]?.jobId).toBe(children[0]?.id);
  expect(hits[0]?.text).toContain('lantern');
  const scores = hits.map((hit) => hit.score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect((await api.search('sourdough', body.batchId))[0]?.jobId).toBe(children[1]?.id);
});

test('a downloaded file equals the uploaded one', async ({ api }) => {
  const { body } = await api.upload('straße & co.txt', 'héllo\n');
  expect(body).toMatchObject({ name: 'straße & co.txt', size: 7 });
  expect(body.sha256).toMatch(/^[0-9a-f]{64}$/);
  const download = await api.raw('GET', `/api/files/${body.fileId}`);
  expect(await download.text()).toBe('héllo\n');
  expect(download.headers.get('content-disposition')).toContain('attachment');
  expect(download.headers.get('x-content-type-options')).toBe('nosniff');
});
