import { afterEach, expect, it } from 'vitest';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { storeFile } from '@/lib/domain/file/store-file';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { createJob } from '@/lib/domain/job/create-job';
import { listExports, startExport } from '@/lib/domain/privacy/exports';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { orphans, rowsOf, storedFiles } from '@/lib/testing/leftovers';
import { startS3 } from '@/lib/testing/services/start-s3';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

/** Several chunks of a deletion, and several pages of an export. */
const JOBS = 5_000;
const FILES = 60;

let workers: Workers | undefined;
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  workers?.process.kill('SIGKILL');
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Kills the supervisor; its consumers end by themselves. */
function kill(): void {
  workers?.process.kill('SIGKILL');
}

/** Holds a lock until it is released. */
async function hold(statement: string, values: unknown[] = []): Promise<() => Promise<unknown>> {
  const client = await pool().connect();
  await client.query('begin');
  await client.query(statement, values);
  let held = true;
  const release = async () => {
    if (held) await client.query('rollback');
    if (held) client.release();
    held = false;
  };
  cleanUps.push(release);
  return release;
}

const isBlocked = async (query: string): Promise<boolean> => {
  const { rowCount } = await pool().query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike $1`,
    [`%${query}%`],
  );
  return Boolean(rowCount);
};

/** Fills an organization, and closes it. */
async function closed() {
  const context = await createContext();
  await seedBatch(context, { statuses: Array.from({ length: JOBS }, () => 'completed' as const) });
  for (let n = 0; n < FILES; n += 1) {
    const body = (async function* () {
      yield new TextEncoder().encode(`file ${n}`);
    })();
    await storeFile(context, { name: `${n}.txt`, body });
  }
  const { organizationId } = context;
  const close = () =>
    pool().query("update organization set deleting_at = now() - interval '1 minute' where id = $1", [organizationId]);
  return { organizationId, close };
}

async function expectGone(organizationId: string): Promise<void> {
  await until('the organization is gone', async () => {
    const { rowCount } = await pool().query('select from organization where id = $1', [organizationId]);
    return rowCount === 0;
  });
  expect(Object.keys(await rowsOf(organizationId)).filter((table) => table !== 'audit')).toEqual([]);
  expect(await orphans()).toEqual({});
  const { rows } = await pool().query(
    `select after -> 'deleted' as deleted from audit where action = 'organization.purge' and target_id = $1`,
    [organizationId],
  );
  expect(rows).toEqual([{ deleted: expect.objectContaining({ batches: 1, jobs: JOBS, files: FILES }) }]);
}

/** Starts a job of others, so that maintenance runs each second. */
async function keepBusy(): Promise<void> {
  const { job } = await createJob(await createContext(), { type: 'diagnostic', data: { durationMs: 60_000 } });
  // Later tests would wait for it.
  cleanUps.push(() =>
    pool().query(`update job set status = 'cancelled', finished_at = now() where id = $1 and finished_at is null`, [
      job.id,
    ]),
  );
}

it('a deletion that is killed among the rows goes on after a restart, and has one record with all counts', async () => {
  const before = await storedFiles();
  const { organizationId, close } = await closed();
  await keepBusy();
  const release = await hold('select from job where organization_id = $1 order by item_index desc limit 1 for update', [
    organizationId,
  ]);
  await close();
  workers = await startWorkers({ LOG_LEVEL: 'silent' });
  await until('some are deleted', async () => {
    const { rows } = await pool().query('select count(*)::int as n from job where organization_id = $1', [
      organizationId,
    ]);
    return rows[0].n < JOBS;
  });
  kill();
  // The server notices a lost connection only when a statement ends, and this one would end by deleting the rest.
  await pool().query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  await release();
  expect((await pool().query('select from job where organization_id = $1', [organizationId])).rowCount).not.toBe(0);
  workers = await startWorkers({ LOG_LEVEL: 'silent' });
  await expectGone(organizationId);
  expect(await storedFiles()).toEqual(before);
});

it('a deletion that is killed among the files of a bucket leaves none of them', async () => {
  const bucket = { name: 'yard', region: 'eu-north-1', accessKeyId: 'yard-key', secretAccessKey: 'yard-secret' };
  const s3 = await startS3(bucket);
  cleanUps.push(s3.stop);
  const settings = {
    S3_BUCKET: bucket.name,
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: bucket.region,
    S3_ACCESS_KEY_ID: bucket.accessKeyId,
    S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
  };
  Object.assign(env(), { ...settings, S3_FORCE_PATH_STYLE: true });
  cleanUps.push(async () => Object.assign(env(), { S3_BUCKET: undefined }));
  const { organizationId, close } = await closed();
  expect(s3.objects.size).toBe(FILES);
  await keepBusy();
  let deletions = 0;
  const remove = s3.objects.delete.bind(s3.objects);
  s3.objects.delete = (key) => {
    deletions += 1;
    if (deletions === FILES / 2) kill();
    return remove(key);
  };
  const first = await startWorkers({ ...settings, S3_FORCE_PATH_STYLE: 'true', LOG_LEVEL: 'silent' });
  workers = first;
  await close();
  await until('the supervisor is gone', () => first.process.signalCode === 'SIGKILL');
  expect(s3.objects.size).toBeGreaterThan(0);
  workers = await startWorkers({ ...settings, S3_FORCE_PATH_STYLE: 'true', LOG_LEVEL: 'silent' });
  await expectGone(organizationId);
  expect([...s3.objects.keys()]).toEqual([]);
});

it.each(['written', 'shown'] as const)(
  'an export whose process is killed while its file is %s is finished once, and leaves no other file',
  async (phase) => {
    const before = await storedFiles();
    const context = await createContext();
    await seedBatch(context, { statuses: Array.from({ length: JOBS }, () => 'completed' as const) });
    const { id } = await startExport(context, { of: 'organization' });
    // The audit log comes last in the export, so everything else is written by then.
    const releaseAudit = await hold('lock table audit in access exclusive mode');
    workers = await startWorkers({ LOG_LEVEL: 'silent' });
    await until('the export waits at the audit log', () => isBlocked('from audit'));
    let releaseJob = async (): Promise<unknown> => undefined;
    if (phase === 'shown') {
      releaseJob = await hold('select from job where id = $1 for update', [id]);
      await releaseAudit();
      await until('the export waits before its file is shown', () => isBlocked('for share'));
    }
    const { rows } = await pool().query<{ pid: number }>(
      'select c.pid from job j join consumer c on c.id = j.consumer_id where j.id = $1',
      [id],
    );
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await releaseJob();
    await releaseAudit();
    await until('the export is complete', async () => (await listExports(context))[0]?.status === 'completed');
    expect(await listExports(context)).toMatchObject([{ id, file: { name: expect.stringContaining('.zip') } }]);
    const entries = await pool().query(
      `select from audit where organization_id = $1 and action = 'organization.export'`,
      [context.organizationId],
    );
    expect(entries.rowCount).toBe(1);
    // What the killed attempt left is hidden, and the sweep removes it after a day.
    await pool().query(`update file set hidden_at = now() - interval '2 days' where hidden_at is not null`);
    await sweepFiles();
    const files = await pool().query<{ id: string }>('select id from file where job_id = $1', [id]);
    expect((await storedFiles()).filter((name) => !before.includes(name))).toEqual(files.rows.map((row) => row.id));
    expect(files.rowCount).toBe(1);
  },
);
