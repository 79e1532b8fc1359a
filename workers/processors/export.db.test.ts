import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { systemContext } from '@/lib/domain/context';
import { getFile } from '@/lib/domain/file/find-file';
import { listArtifacts } from '@/lib/domain/file/list-artifacts';
import { openFile } from '@/lib/domain/file/open-file';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { setLimits } from '@/lib/domain/organization/limits/limits';
import { listExports, startExport } from '@/lib/domain/privacy/exports';
import { createContext, createMember, createSession, seedBatch } from '@/lib/testing/factories';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { processExport } from './export';

type Context = Awaited<ReturnType<typeof createContext>>;

type Job = ProcessorContext<'export'>;

/** Runs the job of an export as its first attempt, as a consumer does. */
async function run(context: Context, of: 'me' | 'organization', jobId: string): Promise<string> {
  await pool().query("update job set status = 'active', attempt = 1, started_at = now() where id = $1", [jobId]);
  const controller = new AbortController();
  const job = {
    jobId,
    batchId: null,
    organizationId: context.organizationId,
    correlationId: null,
    attempt: 1,
    data: { of, for: context.actor.id },
    signal: controller.signal,
    log: () => undefined,
    updateProgress: () => undefined,
  } satisfies Partial<Job> as Partial<Job> as Job;
  const { fileId } = await processExport(job);
  await pool().query("update job set status = 'completed', finished_at = now() where id = $1", [jobId]);
  return fileId;
}

/** Returns the text of each file of a ZIP. */
async function unzip(zip: Buffer): Promise<Record<string, string>> {
  const archive = await promisify<Buffer, { lazyEntries: boolean }, import('yauzl').ZipFile>(fromBuffer)(zip, {
    lazyEntries: true,
  });
  const texts: Record<string, string> = {};
  return new Promise((resolve, reject) => {
    archive.on('error', reject);
    archive.on('end', () => resolve(texts));
    archive.on('entry', (entry: import('yauzl').Entry) => {
      archive.openReadStream(entry, async (error, stream) => {
        if (error || !stream) return reject(error);
        texts[entry.fileName] = (await buffer(stream)).toString();
        archive.readEntry();
      });
    });
    archive.readEntry();
  });
}

const linesOf = (text = ''): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const read = async (context: Context, fileId: string) => unzip(await buffer((await openFile(context, fileId)).stream));

it('a person exports what is stored about them, also where they see no payloads, and nobody else can open it', async () => {
  const owner = await createContext();
  const viewer = await createMember(owner, { name: 'Vera', role: 'viewer', seesPayloads: false });
  const context = await createSession(viewer.context);
  await createMember(owner, { name: 'Otto' });
  await audit(pool(), context, 'batch.cancel', { kind: 'batch', id: 'b1' });
  await audit(pool(), owner, 'batch.pause', { kind: 'batch', id: 'b1' });
  const started = await startExport(context, { of: 'me' });
  expect(await startExport(context, { of: 'me' })).toEqual(started);
  const fileId = await run(context, 'me', started.id);
  const files = await read(context, fileId);
  expect(linesOf(files['profile.jsonl'])).toMatchObject([{ id: viewer.userId, name: 'Vera', email: viewer.email }]);
  expect(linesOf(files['memberships.jsonl'])).toMatchObject([
    { organizationId: owner.organizationId, role: 'viewer', seesPayloads: false },
  ]);
  expect(linesOf(files['sessions.jsonl'])).toMatchObject([{ id: context.sessionId }]);
  expect(linesOf(files['audit.jsonl']).map(({ action }) => action)).toEqual(['batch.cancel', 'user.export']);
  expect(JSON.stringify(files)).not.toContain('Otto');
  expect(await listExports(context)).toMatchObject([{ of: 'me', status: 'completed', file: { fileId } }]);
  await expect(getFile(owner, fileId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(openFile(owner, fileId)).rejects.toMatchObject({ code: 'not-found' });
  expect(await listArtifacts(owner, started.id)).toEqual([]);
  expect(await listExports(owner)).toEqual([]);
});

it('an owner exports everything of the organization, without secrets of keys and without other organizations', async () => {
  const [owner, other] = [await createContext(), await createContext()];
  await createMember(owner, { name: 'Ben', email: 'ben@example.org' });
  const { key } = await createApiKey(owner, { name: 'theirs', role: 'operator' });
  const { batchId, jobIds } = await seedBatch(owner, { statuses: ['completed', 'failed'], data: { n: 1 } });
  await seedBatch(other, { name: 'Not theirs', statuses: ['completed'] });
  await pool().query('update job set data = $2::json where id = $1', [jobIds[0], '{"n": 12345678901234567890.5}']);
  const { id } = await startExport(owner, { of: 'organization' });
  const files = await read(owner, await run(owner, 'organization', id));
  expect(linesOf(files['members.jsonl'])).toMatchObject([{ name: 'Ben', email: 'ben@example.org', role: 'owner' }]);
  expect(linesOf(files['batches.jsonl'])).toMatchObject([{ id: batchId, total: 2 }]);
  expect(linesOf(files[`jobs/${batchId}.jsonl`]).map((job) => job.id)).toEqual(jobIds);
  expect(files[`jobs/${batchId}.jsonl`]).toContain('12345678901234567890.5');
  expect(linesOf(files['jobs/without-batch.jsonl'])).toMatchObject([{ id, type: 'export' }]);
  expect(linesOf(files['api-keys.jsonl'])).toMatchObject([{ name: 'theirs', role: 'operator' }]);
  const actions = linesOf(files['audit.jsonl']).map(({ action }) => action);
  expect(actions).toEqual(['api-key.create', 'organization.export']);
  const text = JSON.stringify(files);
  expect(text).not.toContain(key);
  expect(text).not.toContain('Not theirs');
});

it.each(['viewer', 'operator', 'admin'] as const)(
  'a member with the role %s cannot export the organization',
  async (role) => {
    const context = await createContext({ role });
    await expect(startExport(context, { of: 'organization' })).rejects.toMatchObject({ code: 'forbidden' });
  },
);

it('an owner who sees no payloads, or who signed in long ago, cannot export the organization', async () => {
  const owner = await createContext();
  const blind = { ...owner, actor: { ...owner.actor, seesPayloads: false } } as Context;
  await expect(startExport(blind, { of: 'organization' })).rejects.toMatchObject({ code: 'forbidden' });
  const member = await createMember(owner);
  const old = await createSession(member.context, { minutes: 11 });
  for (const of of ['me', 'organization'] as const) {
    await expect(startExport(old, { of })).rejects.toMatchObject({ code: 'reauthentication-required' });
  }
});

it('an export has one entry, also if it is asked for twice at once, and no limit of stored jobs refuses it', async () => {
  const context = await createContext();
  await setLimits(context, { limits: { rows: 0 } });
  const asked = await Promise.all(Array.from({ length: 4 }, () => startExport(context, { of: 'organization' })));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  const { rows } = await pool().query(
    `select count(*)::int as count from audit where organization_id = $1 and action = 'organization.export'`,
    [context.organizationId],
  );
  expect(rows).toEqual([{ count: 1 }]);
  await run(context, 'organization', asked[0]?.id ?? '');
  expect((await startExport(context, { of: 'organization' })).id).not.toBe(asked[0]?.id);
});

it('an export is deleted after three days', async () => {
  const context = await createContext();
  const { id } = await startExport(context, { of: 'organization' });
  const fileId = await run(context, 'organization', id);
  const HOUR = 3_600_000;
  await sweepFiles(Date.now() + 2 * HOUR);
  expect((await getFile(context, fileId)).fileId).toBe(fileId);
  await pool().query("update file set created_at = now() - interval '73 hours' where id = $1", [fileId]);
  await sweepFiles(Date.now() + 4 * HOUR);
  await expect(getFile(systemContext(context.organizationId), fileId)).rejects.toMatchObject({ code: 'not-found' });
});
