import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryJob } from 'batchyard/testing';
import readDocument from './read-document';

test('counts lines and stores the headings', async () => {
  const files = { guide: '# Lamps\n\nThey are lit at dusk.\n## Oil\n' };
  const { result, artifacts } = await tryJob(readDocument, { fileId: 'guide' }, { files });
  assert.deepEqual(result, { lines: 4, headings: 2 });
  assert.equal(artifacts.get('headings.md')?.toString(), '# Lamps\n## Oil');
});

test('what is no text fails at once', async () => {
  const files = { picture: Buffer.from([137, 80, 78, 71, 0, 1, 2]) };
  await assert.rejects(tryJob(readDocument, { fileId: 'picture' }, { files }), { code: 'not-text' });
});
