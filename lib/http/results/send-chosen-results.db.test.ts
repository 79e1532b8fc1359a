import { text } from 'node:stream/consumers';
import { beforeEach, expect, it } from 'vitest';
import type { ChosenResults } from '@/lib/contracts/results';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { streamChosenResults } from '@/lib/domain/job/stream-chosen-results';
import { readRows } from '@/lib/tabular/read-rows';
import { collect } from '@/lib/testing/collect';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { sendChosenResults } from './send-results';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const get = async (chosen: Partial<ChosenResults>, who = context): Promise<Response> =>
  sendChosenResults(who, { format: 'jsonl', ...chosen });
const linesOf = async (chosen: Partial<ChosenResults>): Promise<Record<string, unknown>[]> =>
  (await text((await get(chosen)).body as never))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(await response.arrayBuffer());
}

it('are those of all jobs that match, over all batches, in the order in which they were made', async () => {
  const statuses = ['completed', 'failed', 'failed'] as const;
  const first = await seedBatch(context, { statuses: [...statuses], data: { payload: { customer: 'acme' } } });
  const second = await seedBatch(context, { statuses: [...statuses], data: { payload: { customer: 'other' } } });
  await pool().query(`update job set error = '{"message":"no"}' where outcome = 'failed'`);
  const lines = await linesOf({ query: 'status:failed data.payload.customer:acme' });
  expect(lines).toEqual(
    [1, 2].map((index) => ({
      jobId: first.jobIds[index],
      batchId: first.batchId,
      type: 'diagnostic',
      index,
      status: 'failed',
      input: { payload: { customer: 'acme' } },
      error: { message: 'no' },
    })),
  );
  expect(await linesOf({ query: `batch:${second.batchId} item:2..3` })).toMatchObject([{ index: 1 }, { index: 2 }]);
  const response = await get({ query: 'status:failed' });
  expect(response.headers.get('content-disposition')).toContain('jobs-results.jsonl');
});

it('are those of jobs that were picked, without those of another organization', async () => {
  const own = await seedBatch(context, { statuses: ['completed', 'completed'] });
  const other = await seedBatch(await createContext(), { statuses: ['completed'] });
  const jobIds = [own.jobIds[1] ?? '', other.jobIds[0] ?? '', newId(), 'nothing'];
  expect(await linesOf({ jobIds })).toMatchObject([{ jobId: own.jobIds[1], index: 1 }]);
});

it.each(['csv', 'xlsx'] as const)('are %s with the fields of all types, and which job a row is', async (format) => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed'], data: { payload: '=cmd()' } });
  await pool().query(`update job set result = '{"attempt":1,"payload":"out"}'`);
  const single = newId();
  await pool().query(
    `insert into job (id, organization_id, type, status, data, error, finished_at)
     values ($1, $2, 'document-processing', 'failed', '{"title":"Report"}', '{"message":"empty"}', now())`,
    [single, context.organizationId],
  );
  const read = await collect(readRows(bytesOf(await get({ query: '', format })), format));
  const rows = read.map((row) => ('values' in row ? row.values : row));
  const job = { _job: jobIds[0], _batch: batchId, _type: 'diagnostic', _status: 'completed', 'result.payload': 'out' };
  expect(rows).toMatchObject([job, { _job: single, _type: 'document-processing', title: 'Report', _reason: 'empty' }]);
  expect(rows[0]).toMatchObject({ payload: format === 'csv' ? "'=cmd()" : '=cmd()' });
});

it('are refused to those who do not see contents, and as a whole where not all can be found', async () => {
  await seedBatch(context, { statuses: ['completed', 'completed', 'completed'] });
  const member = asMember(context, 'admin');
  const blind = { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
  await expect(get({ query: '' }, blind)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(get({ query: 'stat:failed' })).rejects.toMatchObject({ code: 'invalid-query' });
  const two = streamChosenResults(context, { query: '' }, 2);
  await expect(two).rejects.toMatchObject({ code: 'limit-exceeded' });
});
