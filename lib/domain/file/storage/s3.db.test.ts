import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { deleteFile } from '@/lib/domain/file/delete-file';
import { openFile } from '@/lib/domain/file/open-file';
import { storeFile } from '@/lib/domain/file/store-file';
import { createContext } from '@/lib/testing/factories';
import { startS3 } from '@/lib/testing/services/start-s3';
import { createS3Storage } from './s3';

let s3: Awaited<ReturnType<typeof startS3>>;
let context: Context;

beforeAll(async () => {
  s3 = await startS3({ name: 'yard', region: 'eu-north-1', accessKeyId: 'yard-key', secretAccessKey: 'yard-secret' });
  // The first use of the storage reads it.
  Object.assign(env(), {
    S3_BUCKET: 'yard',
    S3_ENDPOINT: s3.endpoint,
    S3_FORCE_PATH_STYLE: true,
    S3_REGION: 'eu-north-1',
    S3_ACCESS_KEY_ID: 'yard-key',
    S3_SECRET_ACCESS_KEY: 'yard-secret',
  });
  context = await createContext();
});

afterAll(() => s3.stop());

async function* parts(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

it('stores files in the bucket, and returns them whole or in parts', async () => {
  const bytes = randomBytes(3_000_000);
  const stored = await storeFile(context, {
    name: 'x.bin',
    body: parts(bytes.subarray(0, 99), bytes.subarray(99)),
  });
  expect(stored.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  const { rows } = await pool().query('select storage, hidden_at from file where id = $1', [stored.fileId]);
  expect(rows).toEqual([{ storage: 's3', hidden_at: null }]);
  const whole = await openFile(context, stored.fileId);
  expect((await buffer(whole.stream)).equals(bytes)).toBe(true);
  const part = await openFile(context, stored.fileId, { start: 100, end: 199 });
  expect((await buffer(part.stream)).equals(bytes.subarray(100, 200))).toBe(true);
  expect(await readdir(join(env().DATA_DIR, 'files', 'incoming'))).toEqual([]);
});

it('stores an empty file', async () => {
  const { fileId } = await storeFile(context, { name: 'empty.txt', body: parts() });
  expect(await text((await openFile(context, fileId)).stream)).toBe('');
});

it('deletes the object with its row', async () => {
  const { fileId } = await storeFile(context, { name: 'a.txt', body: parts('a') });
  expect([...s3.objects.keys()]).toContain(`batchyard/${fileId}`);
  await deleteFile(context, fileId);
  expect([...s3.objects.keys()]).not.toContain(`batchyard/${fileId}`);
  await expect(openFile(context, fileId)).rejects.toMatchObject({ code: 'not-found' });
  await pool().query(
    `insert into file (id, organization_id, name, size, content_type, sha256, storage)
     values ($1, $2, 'a.txt', 1, 'text/plain', '', 's3')`,
    [fileId, context.organizationId],
  );
  await expect(openFile(context, fileId)).rejects.toMatchObject({ code: 'unavailable' });
});

it('reports why a bucket refuses', async () => {
  Object.assign(env(), { S3_SECRET_ACCESS_KEY: 'wrong' });
  const storage = createS3Storage();
  Object.assign(env(), { S3_SECRET_ACCESS_KEY: 'yard-secret' });
  await expect(storage.open('anything')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('SignatureDoesNotMatch'),
  });
});

it('leaves only a hidden row, which the sweep deletes, when a bucket becomes unavailable', async () => {
  await s3.stop();
  await expect(storeFile(context, { name: 'a.txt', body: parts('a') })).rejects.toMatchObject({ code: 'unavailable' });
  const { rows } = await pool().query('select hidden_at from file where name = $1 and hidden_at is not null', [
    'a.txt',
  ]);
  expect(rows).toEqual([{ hidden_at: Number.NEGATIVE_INFINITY }]);
  expect(await readdir(join(env().DATA_DIR, 'files', 'incoming'))).toEqual([]);
});
