import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { asMember, createContext } from '@/lib/testing/factories';
import { deleteFile } from './delete-file';
import { openFile } from './open-file';
import { receive } from './receive';
import { storeFile } from './store-file';

let context: Context;

beforeAll(async () => {
  context = await createContext();
});

async function* parts(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function filesOnDisk(): Promise<string[]> {
  const entries = await readdir(join(env().DATA_DIR, 'files'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

it('stores a streamed body and returns it', async () => {
  const stored = await storeFile(asMember(context), {
    name: '../notes.md',
    contentType: 'image/png',
    body: parts('# Hello', ' world'),
  });
  expect(stored).toEqual({
    fileId: expect.any(String),
    name: 'notes.md',
    size: 13,
    contentType: 'text/markdown',
    sha256: createHash('sha256').update('# Hello world').digest('hex'),
  });
  const { file, stream } = await openFile(context, stored.fileId);
  expect(file).toEqual(stored);
  expect((await buffer(stream)).toString()).toBe('# Hello world');
});

it('stores an empty file, and many chunks', async () => {
  expect(await storeFile(context, { name: 'empty.txt', body: parts() })).toMatchObject({ size: 0 });
  const many = Array.from({ length: 500 }, (_, i) => String(i).repeat(100));
  const { fileId, size } = await storeFile(context, { name: 'many.txt', body: parts(...many) });
  expect(size).toBe(many.join('').length);
  expect((await buffer((await openFile(context, fileId)).stream)).toString()).toBe(many.join(''));
});

it('is not found by another organization or by an invented id', async () => {
  const { fileId } = await storeFile(context, { name: 'a.txt', body: parts('a') });
  const foreign = await createContext();
  await expect(openFile(foreign, fileId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(deleteFile(foreign, fileId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(openFile(context, '../../secrets')).rejects.toMatchObject({ code: 'not-found' });
});

it('stores nothing when the sender disconnects', async () => {
  const before = await filesOnDisk();
  async function* broken() {
    yield Buffer.from('half of');
    throw new Error('the connection was closed');
  }
  await expect(storeFile(context, { name: 'a.txt', body: broken() })).rejects.toThrow('the connection was closed');
  expect(await filesOnDisk()).toEqual(before);
});

it('stores nothing when its row is refused', async () => {
  const before = await filesOnDisk();
  const nobody = { ...context, organizationId: 'nul\u0000' };
  await expect(storeFile(nobody, { name: 'a.txt', body: parts('a') })).rejects.toThrow();
  expect(await filesOnDisk()).toEqual(before);
});

it('stops reading at the limit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'batchyard-receive-'));
  let sent = 0;
  async function* endless() {
    for (;;) {
      sent++;
      yield Buffer.alloc(1000);
    }
  }
  const limit = { bytes: 4500, refuse: () => new DomainError('payload-too-large', 'too large') };
  await expect(receive(join(folder, 'a'), endless(), limit)).rejects.toMatchObject({ code: 'payload-too-large' });
  expect(sent).toBe(5);
  await rm(folder, { recursive: true });
});

it('deletes row and bytes, for administrators only', async () => {
  const { fileId } = await storeFile(context, { name: 'a.txt', body: parts('a') });
  await expect(deleteFile(asMember(context), fileId)).rejects.toMatchObject({ code: 'forbidden' });
  await deleteFile(context, fileId);
  expect(await filesOnDisk()).not.toContain(fileId);
  const { rows } = await pool().query('select 1 from file where id = $1', [fileId]);
  expect(rows).toEqual([]);
});
