import { beforeEach, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { expire } from '@/lib/domain/retention/expire';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { getFile } from './find-file';
import { storeFile } from './store-file';
import { sweepFiles } from './sweep-files';
import { FileFields, useFiles } from './use-files';

const HOUR = 3600 * 1000;
let context: Context;
/** a later hour for each test, because uploads are checked once an hour */
let hour = Date.now();

beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate file, import cascade');
  context = await createContext();
  hour += 2 * HOUR;
});

async function* body() {
  yield Buffer.from('content');
}

const upload = async (ageHours: number) => {
  const { fileId } = await storeFile(context, { name: 'a.txt', body: body() });
  await pool().query('update file set created_at = now() - make_interval(hours => $2) where id = $1', [
    fileId,
    ageHours,
  ]);
  return fileId;
};

const fieldsOf = (data: object) => {
  const fields = new FileFields();
  fields.note(data);
  return fields;
};

it('deletes uploads that were unused for a day, and no others', async () => {
  const [old, fresh, used, listed] = [await upload(25), await upload(23), await upload(25), await upload(25)];
  const data = { imageFileIds: [used], title: old };
  const { batchId } = await seedBatch(context, { statuses: ['pending'], data });
  await useFiles(pool(), context.organizationId, batchId, fieldsOf(data));
  await pool().query(
    `insert into import (id, organization_id, type, status, name, files)
     values ($1, $2, 'diagnostic', 'ready', 'rows', $3)`,
    [newId(), context.organizationId, JSON.stringify([{ fileId: listed }])],
  );
  expect(await sweepFiles(hour)).toBe(1);
  await expect(getFile(context, old)).rejects.toMatchObject({ code: 'not-found' });
  for (const id of [fresh, used, listed]) expect(await getFile(context, id)).toMatchObject({ fileId: id });
});

it('names a job that has one file after the file, unless it has a name', async () => {
  const fileId = await upload(0);
  const launch = { name: 'papers', type: 'document-processing', start: 'manual' as const };
  const items = [{ fileId }, { fileId, title: 'Mine' }, { text: 'no file' }, { fileId: newId() }];
  const launched = await launchBatch(context, { fields: launch, items: asItems(items) });
  const { rows } = await pool().query('select name from job where batch_id = $1 order by item_index', [
    launched.result.batchId,
  ]);
  expect(rows.map((row) => row.name)).toEqual(['a.txt', 'Mine', null, null]);
});

it('deletes files with the batch that used them', async () => {
  const fileId = await upload(25);
  const { batchId } = await seedBatch(context, { statuses: ['completed'], data: { fileId } });
  await useFiles(pool(), context.organizationId, batchId, fieldsOf({ fileId }));
  await pool().query(`update batch set finished_at = now() - interval '8 days' where id = $1`, [batchId]);
  await expire(1000);
  expect(await sweepFiles(hour)).toBe(1);
  await expect(getFile(context, fileId)).rejects.toMatchObject({ code: 'not-found' });
});

it('deletes half stored files of a crash after a day', async () => {
  const fileId = await upload(0);
  const hide = (since: string) =>
    pool().query(`update file set hidden_at = now() - $2::interval where id = $1`, [fileId, since]);
  await hide('23 hours');
  expect(await sweepFiles(hour)).toBe(0);
  await hide('25 hours');
  expect(await sweepFiles(hour)).toBe(1);
});

it.each([
  [{ fileId: 'x' }, ['fileId']],
  [
    { fileIds: [], trainingFileId: 'x', file_id: 'x', dataset_file_id: 'y' },
    ['fileIds', 'trainingFileId', 'file_id', 'dataset_file_id'],
  ],
  [{ profileIdea: 1, id: 2, text: 'fileId' }, []],
  ['text', []],
])('finds the fields of %j that name files', (data, names) => {
  const fields = new FileFields();
  fields.note(data);
  expect([...fields.names]).toEqual(names);
});

it('records the files of launches, single jobs and retries', async () => {
  const [launched, single, edited] = [await upload(25), await upload(25), await upload(25)];
  const fields = { name: 'docs', type: 'document-processing', start: 'manual' as const };
  await launchBatch(context, { fields, items: asItems([{ fileId: launched }, { text: 'no file' }]) });
  await createJob(context, { type: 'document-processing', data: { fileId: single } });
  const { jobIds } = await seedBatch(context, { type: 'document-processing', statuses: ['failed'] });
  await retryJob(context, jobIds[0] ?? '', { data: { fileId: edited } });
  expect(await sweepFiles(hour)).toBe(0);
  for (const id of [launched, single, edited]) expect(await getFile(context, id)).toMatchObject({ fileId: id });
});
