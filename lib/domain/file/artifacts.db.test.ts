import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach, expect, it } from 'vitest';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { listArtifacts } from './list-artifacts';
import { openFile } from './open-file';
import { saveArtifact } from './save-artifact';
import { sweepFiles } from './sweep-files';

let context: Context;
let jobId: string;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  const { jobIds } = await seedBatch(context, { statuses: ['active'] });
  jobId = jobIds[0] ?? '';
  await setAttempt(1);
});

const setAttempt = (attempt: number) => pool().query('update job set attempt = $2 where id = $1', [jobId, attempt]);

async function* text(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

const save = (attempt: number, name: string, content: string, contentType = 'text/plain') =>
  saveArtifact(context, { jobId, attempt }, { name, contentType, body: text(content) });

const names = async () => (await listArtifacts(context, jobId)).map((f) => f.name);

it('stores the artifacts of a job, each name once', async () => {
  await save(1, 'b.csv', 'a,b\n1,2\n');
  await save(1, 'a.txt', 'first');
  const second = await save(1, 'a.txt', 'second');
  expect(await listArtifacts(context, jobId)).toMatchObject([
    { name: 'a.txt', fileId: second.fileId, size: 6 },
    { name: 'b.csv', contentType: 'text/csv' },
  ]);
  expect((await buffer((await openFile(context, second.fileId)).stream)).toString()).toBe('second');
});

it('accepts a claimed type only if the bytes match none and browsers do not execute it', async () => {
  const binary = '\x01\x02\0\x03';
  expect(await save(1, 'model.bin', binary, 'application/vnd.batchyard.model')).toMatchObject({
    contentType: 'application/vnd.batchyard.model',
  });
  expect(await save(1, 'x.bin', binary, 'application/xhtml+xml')).toMatchObject({
    contentType: 'application/octet-stream',
  });
  expect(await save(1, 'page.csv', '<!doctype html><script>1</script>', 'text/csv')).toMatchObject({
    contentType: 'text/html',
  });
});

it('starts empty with another attempt, and refuses a stale one', async () => {
  await save(1, 'old.txt', 'old');
  await setAttempt(2);
  await expect(save(1, 'late.txt', 'late')).rejects.toMatchObject({ code: 'already-done' });
  expect(await names()).toEqual([]);
  await save(2, 'new.txt', 'new');
  expect(await names()).toEqual(['new.txt']);
  const { rows } = await pool().query('select name from file where job_id = $1 and hidden_at is null', [jobId]);
  expect(rows).toEqual([{ name: 'new.txt' }]);
});

it('hides them from another organization', async () => {
  const foreign = await createContext();
  const { fileId } = await save(1, 'a.txt', 'a');
  await expect(listArtifacts(foreign, jobId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(openFile(foreign, fileId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(saveArtifact(foreign, { jobId, attempt: 1 }, { name: 'a', body: text('a') })).rejects.toMatchObject({
    code: 'already-done',
  });
});

it('deletes bytes and row of a replaced artifact', async () => {
  const { fileId } = await save(1, 'a.txt', 'first');
  await save(1, 'a.txt', 'second');
  await sweepFiles();
  const onDisk = await readdir(join(env().DATA_DIR, 'files'), { recursive: true });
  expect(onDisk.some((path) => path.endsWith(fileId))).toBe(false);
  expect((await pool().query('select 1 from file where id = $1', [fileId])).rowCount).toBe(0);
  expect(await names()).toEqual(['a.txt']);
});
