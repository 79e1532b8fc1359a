import { expect, it, vi } from 'vitest';
import type { JobError } from '@/lib/contracts/errors';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { listFailureGroups } from '@/lib/domain/batch/list-failure-groups';
import type { Context } from '@/lib/domain/context';
import { getJob } from '@/lib/domain/job/get-job';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { asMember, createContext, createMember, seedBatch } from '@/lib/testing/factories';
import { countDeadLetters, seeDeadLetterCount, servesMs } from './count-dead-letters';
import { listDeadLetters } from './list-dead-letters';

const list = (context: Context, query?: string, groupBy = 'reason') => listDeadLetters(context, { query, groupBy });
const found = async (context: Context, query: string | null | undefined): Promise<string[]> =>
  (await listJobs(context, { query: query ?? '', limit: 100 })).jobs.map(({ id }) => id).sort();

/** Inserts a batch with a failed child for each error, one that completed, and one that waits. */
async function seedFailed(context: Context, errors: JobError[], { name = 'Import', open = false } = {}) {
  const statuses = [
    ...errors.map(() => 'failed' as const),
    'completed' as const,
    ...(open ? ['pending' as const] : []),
  ];
  const seeded = await seedBatch(context, { name, statuses, data: { customer: name } });
  for (const [i, error] of errors.entries()) {
    await pool().query('update job set error = $2 where id = $1', [seeded.jobIds[i], JSON.stringify(error)]);
  }
  return { ...seeded, failed: seeded.jobIds.slice(0, errors.length) };
}

async function seedSingle(context: Context, error: JobError): Promise<string> {
  const id = newId();
  await pool().query(
    `insert into job (id, organization_id, type, status, data, error, finished_at)
     values ($1, $2, 'collect', 'failed', '{}', $3, now() - interval '1 day')`,
    [id, context.organizationId, JSON.stringify(error)],
  );
  return id;
}

const discard = (ids: string[]) =>
  pool().query(`update job set discarded_at = now(), discard_note = 'known' where id = any($1)`, [ids]);

const timeouts = (count: number, from = 0): JobError[] =>
  Array.from({ length: count }, (_, i) => ({
    message: `Timeout after ${from + i} ms for "${from + i}"`,
    code: 'timeout',
  }));

it('groups what failed by reason, over batches and single jobs', async () => {
  const context = await createContext();
  const first = await seedFailed(context, [...timeouts(3), { message: 'can’t be read: "a" isn\'t it' }]);
  const second = await seedFailed(context, timeouts(2, 3), { open: true });
  const single = await seedSingle(context, { message: 'Timeout after 9 ms for "x"' });
  const { groups, total, groupCount, searched } = await list(context);
  expect(groups.map(({ count, code }) => [count, code])).toEqual([
    [5, 'timeout'],
    [1, null],
    [1, null],
  ]);
  expect([total, groupCount, searched]).toEqual([7, 3, { all: true, rows: 7 }]);
  expect(groups[0]).toMatchObject({ type: null, batch: null, reason: expect.stringContaining('Timeout after') });
  expect(second.failed).toContain(groups[0]?.sampleJobId);
  // Each group is found by its query, also where the reason has quotes, and equal messages differ in their code.
  expect(await found(context, groups[0]?.query)).toEqual([...first.failed.slice(0, 3), ...second.failed].sort());
  const others = await Promise.all(groups.slice(1).map(({ query }) => found(context, query)));
  expect(others.flat().sort()).toEqual([first.failed[3], single].sort());
  expect(groups.find(({ sampleJobId }) => sampleJobId === single)?.oldestAt).toMatch(/^\d{4}-/);
  expect(await countDeadLetters(context.organizationId)).toBe(7);
});

it('finds a group by one of its messages, and by a part of its reason', async () => {
  const context = await createContext();
  const { failed } = await seedFailed(context, [...timeouts(2), { message: 'other', code: 'timeout' }]);
  for (const query of [
    'reason:"Timeout after 77 ms for \\"zz\\"" code:timeout',
    'reason:"Timeout after 77 ms for \\"zz\\""',
    'reason:"Timeout after # ms for #"',
    'is:dead reason:Timeout* code:time*',
  ]) {
    expect(await found(context, query), query).toEqual(failed.slice(0, 2).sort());
    expect((await list(context, query)).total, query).toBe(2);
  }
  expect((await list(context, '-reason:Timeout*')).total).toBe(1);
  expect((await list(context, 'reason:Timeout* -code:*')).total).toBe(0);
  expect(await found(context, 'status:active is:dead')).toEqual([]);
});

it('groups by type and by batch, each with a query of its own', async () => {
  const context = await createContext();
  const { batchId, failed } = await seedFailed(context, timeouts(3), { name: 'March' });
  const single = await seedSingle(context, { message: 'x' });
  const byBatch = await list(context, '', 'batch');
  expect(byBatch.groups).toMatchObject([
    { count: 3, batch: { id: batchId, name: 'March' } },
    { count: 1, batch: null, sampleJobId: single },
  ]);
  expect(await found(context, byBatch.groups[0]?.query)).toEqual([...failed].sort());
  expect(await found(context, byBatch.groups[1]?.query)).toEqual([single]);
  const byType = await list(context, 'code:timeout', 'type');
  expect(byType.groups).toMatchObject([
    { count: 3, type: 'diagnostic', query: 'is:dead type:diagnostic code:timeout' },
  ]);
  await expect(list(context, '', 'color')).rejects.toMatchObject({
    code: 'invalid-query',
    status: 422,
    errors: [{ path: 'groupBy' }],
  });
});

it('searches by a query, and refuses one that it does not understand', async () => {
  const context = await createContext();
  await seedFailed(context, timeouts(2), { name: 'acme' });
  await seedFailed(context, timeouts(3), { name: 'zeta' });
  const answer = await list(context, 'data.customer:acme finished:>1h');
  expect(answer).toMatchObject({ total: 2, groupCount: 1, searched: { all: true, rows: 5 } });
  expect(answer.groups[0]).toMatchObject({ count: 2, query: expect.stringContaining('data.customer:acme') });
  expect((await list(context, 'status:completed')).total).toBe(0);
  expect((await list(context, 'is:dead finished:<1h')).total).toBe(0);
  expect((await list(context, 'batch:zeta')).total).toBe(3);
  await expect(list(context, 'sttus:failed')).rejects.toMatchObject({ code: 'invalid-query', status: 422 });
});

it('leaves out what was retried or discarded, until it fails again', async () => {
  const context = await createContext();
  const { failed } = await seedFailed(context, timeouts(4), { open: true });
  const single = await seedSingle(context, { message: 'x' });
  await discard([failed[0] ?? '', single]);
  await retryJob(context, failed[1] ?? '');
  expect((await list(context)).total).toBe(2);
  expect(await countDeadLetters(context.organizationId)).toBe(2);
  // A discarded job that is retried and fails again is a dead letter.
  await retryJob(context, single);
  await pool().query(`update job set status = 'failed', error = '{"message":"y"}', finished_at = now() where id = $1`, [
    single,
  ]);
  expect((await list(context)).groups.map(({ reason, count }) => [reason, count])).toContainEqual(['y', 1]);
  expect(await countDeadLetters(context.organizationId)).toBe(3);
});

it('has nothing of other organizations, of cancelled jobs and of deleted batches', async () => {
  const [context, other] = [await createContext(), await createContext()];
  const { batchId } = await seedFailed(context, timeouts(2));
  await seedFailed(other, timeouts(1));
  await seedBatch(context, { statuses: ['cancelled', 'active', 'delayed'] });
  expect((await list(context)).total).toBe(2);
  await pool().query('delete from job where batch_id = $1', [batchId]);
  expect(await list(context)).toMatchObject({ groups: [], total: 0, groupCount: 0 });
  expect(await countDeadLetters(other.organizationId)).toBe(1);
});

it('hides messages from those who do not see the contents of jobs, and counts by code', async () => {
  const context = await createContext();
  const { failed } = await seedFailed(context, [
    ...timeouts(2),
    { message: 'secret one', code: 'timeout' },
    { message: 'secret two' },
  ]);
  const blind = (await createMember(context, { role: 'operator', seesPayloads: false })).context;
  const { groups, total, groupCount } = await list(blind);
  expect(JSON.stringify(groups)).not.toMatch(/Timeout|secret/);
  expect(groups.map(({ count, code }) => [count, code])).toEqual([
    [3, 'timeout'],
    [1, null],
  ]);
  expect([total, groupCount]).toEqual([4, 2]);
  expect(await found(blind, groups[0]?.query)).toEqual(failed.slice(0, 3).sort());
  expect(await found(blind, groups[1]?.query)).toEqual([failed[3]]);
  for (const query of ['data.customer:x', 'error:*', 'reason:*']) {
    await expect(list(blind, query)).rejects.toMatchObject({ code: 'forbidden' });
  }
});

it('redacts parts of messages, and gives a query only to groups that a code names', async () => {
  const context = await createContext();
  await seedFailed(context, [
    { message: 'no mail to ann@example.org', code: 'mail' },
    { message: 'bad', code: 'x' },
    { message: 'worse', code: 'x' },
  ]);
  await setRedaction(context, { paths: [], patterns: ['email'] });
  const { groups } = await list(asMember(context, 'operator'));
  expect(JSON.stringify(groups)).not.toContain('ann@');
  expect(
    groups
      .filter(({ query }) => query === null)
      .map(({ reason }) => reason)
      .sort(),
  ).toEqual(['bad', 'worse']);
  expect(groups.find(({ code }) => code === 'mail')?.query).toBe('is:dead code:mail');
});

it('counts once for all who ask at the same time, and more rarely what takes long', async () => {
  const other = await createContext();
  const query = vi.spyOn(pool(), 'query');
  const counts = await Promise.all([seeDeadLetterCount(other), seeDeadLetterCount(other), seeDeadLetterCount(other)]);
  expect(counts).toEqual(Array(3).fill({ count: 0 }));
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
  expect([1, 200, 900].map(servesMs)).toEqual([2_000, 2_000, 9_000]);
});

it('reads counts and groups from the index of dead letters alone', async () => {
  const context = await createContext();
  await seedFailed(context, timeouts(50));
  await pool().query('vacuum analyze job');
  const client = await pool().connect();
  try {
    await client.query('set enable_seqscan = off');
    for (const columns of ['count(*)', 'failure_key, max(finished_at), max(id::text)', 'type', 'batch_id']) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select ${columns} from job j where j.organization_id = $1 and j.outcome = 'failed' and j.discarded_at is null
         ${columns.includes(',') ? 'group by 1' : ''}`,
        [context.organizationId],
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n'), columns).toMatch(/Index Only Scan using job_dead_idx/);
    }
  } finally {
    client.release(true);
  }
});

it('names who discarded a job, and counts the discarded of a batch', async () => {
  const context = await createContext();
  const { batchId, failed } = await seedFailed(context, timeouts(3));
  const [discarded = '', other = ''] = failed;
  for (const [by, state] of [
    ['Ben', 'done'],
    ['Mika', 'done'],
    ['Zoe', 'skipped'],
  ]) {
    const id = newId();
    await pool().query(
      `insert into bulk_action (id, organization_id, action, status, created_by, created_by_id) values ($1, $2, 'discard', 'completed', $3, 'u')`,
      [id, context.organizationId, by],
    );
    await pool().query(
      `insert into bulk_action_job (bulk_action_id, group_id, job_id, was, delivery, state) values ($1, $2, $3, 'failed', 0, $4)`,
      [id, batchId, discarded, state],
    );
  }
  await discard([discarded]);
  expect(await getJob(context, discarded)).toMatchObject({ discardedBy: 'Mika', discardNote: 'known' });
  expect(await getJob(context, other)).toMatchObject({ discardedBy: null, discardedAt: null });
  expect((await listFailureGroups(context, batchId)).discarded).toBe(1);
  await retryJob(context, discarded);
  expect(await getJob(context, discarded)).toMatchObject({ discardedBy: null, discardedAt: null, discardNote: null });
  expect((await listFailureGroups(context, batchId)).discarded).toBe(0);
});
