import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryJob } from 'batchyard/testing';
import wordCount from './word-count';

test('counts words', async () => {
  const { result, logs } = await tryJob(wordCount, { text: 'the lamp is lit' });
  assert.deepEqual(result, { words: 4 });
  assert.deepEqual(logs, ['4 words']);
});

test('an empty text fails at once', async () => {
  await assert.rejects(tryJob(wordCount, { text: ' ' }), { code: 'empty-text' });
});
