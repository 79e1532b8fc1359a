import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { expire } from '@/lib/domain/retention/expire';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { setLimits } from './limits/limits';
import { getSettings, setSettings } from './settings';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const aged = async (of: Context, days: number) => {
  const { batchId } = await seedBatch(of, { statuses: ['completed'] });
  await pool().query('update batch set finished_at = now() - make_interval(days => $2) where id = $1', [batchId, days]);
  return batchId;
};
const left = async () => (await pool().query<{ id: string }>('select id from batch order by id')).rows.map((r) => r.id);

test('settings are changed one by one by administrators, with an entry of before and after', async () => {
  expect(await getSettings(asMember(context, 'viewer'))).toMatchObject({
    settings: { retentionDays: null, unusedUploadDays: null, jobTypes: null },
    defaults: { retentionDays: 7, unusedUploadDays: 1 },
  });
  await setSettings(context, { settings: { retentionDays: 30 } });
  const admin = asMember(context, 'admin');
  expect((await setSettings(admin, { settings: { jobTypes: ['diagnostic'] } })).settings).toEqual({
    retentionDays: 30,
    unusedUploadDays: null,
    jobTypes: ['diagnostic'],
  });
  await expect(setSettings(asMember(context), { settings: { retentionDays: 1 } })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(setSettings(context, { settings: { jobTypes: ['nothing'] } })).rejects.toMatchObject({
    code: 'invalid-request',
    errors: [{ path: 'settings.jobTypes' }],
  });
  const { rows } = await pool().query(
    `select before, after from audit where action = 'organization.update-settings' and organization_id = $1 order by id desc limit 1`,
    [context.organizationId],
  );
  expect(rows).toEqual([
    {
      before: { retentionDays: 30, unusedUploadDays: null, jobTypes: null },
      after: { retentionDays: 30, unusedUploadDays: null, jobTypes: ['diagnostic'] },
    },
  ]);
});

test('each organization keeps what has finished as long as it chose, and others as the installation says', async () => {
  const [brief, forever, other] = [context, await createContext(), await createContext()];
  await setSettings(brief, { settings: { retentionDays: 2 } });
  await setSettings(forever, { settings: { retentionDays: 0 } });
  await aged(brief, 3);
  const kept = [await aged(brief, 1), await aged(forever, 900), await aged(other, 3)];
  await aged(other, 8);
  await expire(1000);
  expect(await left()).toEqual(kept.sort());
});

test('job types of the settings stay within the limit of a system administrator', async () => {
  await setLimits(context, { limits: { jobTypes: ['diagnostic', 'collect'] } });
  await setSettings(context, { settings: { jobTypes: ['collect', 'bulk-operation'] } });
  expect((await listAllowedTypes(context)).map((type) => type.type)).toEqual(['collect']);
  expect((await getSettings(context)).jobTypes.filter((type) => type.allowed).map((type) => type.type)).toEqual([
    'diagnostic',
    'collect',
  ]);
  await expect(createJob(context, { type: 'diagnostic', data: {} })).rejects.toMatchObject({ code: 'forbidden' });
});
