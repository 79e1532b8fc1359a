import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { addItems } from '@/lib/domain/batch/add-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { expireOlderThan } from '@/lib/domain/retention/expire';
import { createContext, truncateAll } from '@/lib/testing/factories';

const declared = vi.hoisted(() => ({ by: '' }));
vi.mock('@/lib/job-types/catalogue', async (load) => {
  const real = await load<typeof import('@/lib/job-types/catalogue')>();
  const definitionOf: typeof real.definitionOf = (type) => {
    const definition = real.definitionOf(type);
    return type === declared.by ? { ...definition, searchable: ['payload.customer'] } : definition;
  };
  return { ...real, definitionOf };
});

let context: Context;

async function* items(payloads: readonly unknown[]) {
  for (const [i, payload] of payloads.entries()) yield { row: i + 1, data: { payload } };
}
const launch = async (payloads: readonly unknown[], searchable?: string[]) => {
  const fields = { name: 'b', type: 'diagnostic', start: 'manual' as const, ...(searchable ? { searchable } : {}) };
  return (await launchBatch(context, { fields, items: items(payloads) })).result.batchId;
};
const find = async (query: string, limit = 100) => {
  const { jobs, nextCursor, searched } = await listJobs(context, { query, limit });
  return { found: jobs.map(({ index, batchId }) => ({ index, batchId })), nextCursor, searched };
};
const keyCount = async () => (await pool().query('select count(*)::int as n from search_key')).rows[0].n;

beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate search_key');
  context = await createContext();
});

it('finds the values of searchable fields over all batches without reading other rows', async () => {
  const filler = Array.from({ length: 50 }, (_, i) => ({ customer: `c${i}` }));
  const a = await launch([{ customer: 'acme' }, ...filler], ['payload.customer']);
  const b = await launch(
    [...filler, { customer: ['zeta', 'acme', 'acme'] }, { customer: 10 }, { customer: null }],
    ['payload.customer'],
  );
  const { found, nextCursor, searched } = await find('data.payload.customer:acme');
  expect(found).toEqual([
    { index: 50, batchId: b },
    { index: 0, batchId: a },
  ]);
  expect({ nextCursor, searched }).toEqual({ nextCursor: null, searched: { all: true, rows: 2 } });
  expect((await find('data.payload.customer:10')).found).toEqual([{ index: 51, batchId: b }]);
  expect((await find(`data.payload.customer:acme batch:${a}`)).found).toEqual([{ index: 0, batchId: a }]);
  expect((await find('data.payload.customer:nobody')).searched).toEqual({ all: true, rows: 0 });
});

it('pages through an index, and says that launches without the field were not searched yet', async () => {
  const plain = await launch([{ customer: 'acme' }, { customer: 'zeta' }]);
  const indexed = await launch(
    Array.from({ length: 5 }, () => ({ customer: 'acme' })),
    ['payload.customer'],
  );
  const seen: unknown[] = [];
  const all: (boolean | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const page = await listJobs(context, { query: 'data.payload.customer:acme', limit: 2, cursor });
    seen.push(...page.jobs.map(({ batchId, index }) => `${batchId} ${index}`));
    all.push(page.searched?.all);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual([...[4, 3, 2, 1, 0].map((index) => `${indexed} ${index}`), `${plain} 0`]);
  expect(all.slice(0, -1).every((each) => each === false)).toBe(true);
  expect(all.at(-1)).toBe(true);
  // Where the query leaves those launches out, the index is all there is.
  expect((await find(`data.payload.customer:acme batch:${indexed}`)).searched).toMatchObject({ all: true });
});

it('follows what is added, edited and deleted', async () => {
  const fields = {
    name: 'open',
    type: 'diagnostic',
    start: 'manual' as const,
    sealed: false,
    searchable: ['payload.customer'],
  };
  const { result } = await launchBatch(context, { fields, items: items([{ customer: 'acme' }]) });
  await addItems(context, result.batchId, { items: items([{ customer: 'acme' }]), seal: true });
  const { job } = await createJob(context, { type: 'diagnostic', data: { payload: { customer: 'acme' } } });
  expect((await find('data.payload.customer:acme')).found).toHaveLength(2);
  expect(await keyCount()).toBe(2);

  await pool().query(`update job set status = 'failed', finished_at = now() - interval '9 days' where batch_id = $1`, [
    result.batchId,
  ]);
  await pool().query(
    `update batch set status = 'failed', failed = 2, finished_at = now() - interval '9 days' where id = $1`,
    [result.batchId],
  );
  const [first] = (await pool().query('select id from job where batch_id = $1 and item_index = 0', [result.batchId]))
    .rows;
  await retryJob(context, first.id, { data: { payload: { customer: 'other' } } });
  expect((await find('data.payload.customer:acme')).found).toEqual([{ index: 1, batchId: result.batchId }]);
  expect((await find('data.payload.customer:other')).found).toEqual([{ index: 0, batchId: result.batchId }]);
  expect(await keyCount()).toBe(2);

  await pool().query(`update job set status = 'failed', finished_at = now() - interval '9 days' where batch_id = $1`, [
    result.batchId,
  ]);
  await pool().query(
    `update batch set status = 'failed', failed = 2, completed = 0, finished_at = now() - interval '9 days' where id = $1`,
    [result.batchId],
  );
  await expireOlderThan({ days: 7, only: null, except: [] }, 100);
  expect(await keyCount()).toBe(0);
  expect((await listJobs(context, { query: `id:${job.id}`, limit: 1 })).jobs).toHaveLength(1);
});

describe('everything was searched only where that is certain', () => {
  const every = async (query: string) => {
    const found: unknown[] = [];
    const all: (boolean | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const page = await listJobs(context, { query, limit: 100, cursor });
      found.push(...page.jobs.map(({ id }) => id));
      all.push(page.searched?.all);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return { found, all };
  };

  it('not for single jobs that are older than the field of their type', async () => {
    const single = { type: 'diagnostic', data: { payload: { customer: 'acme' } } };
    const old = await createJob(context, single);
    declared.by = 'diagnostic';
    const indexed = await createJob(context, single);
    const { found, all } = await every('type:diagnostic data.payload.customer:acme');
    declared.by = '';
    expect(await keyCount()).toBe(1);
    expect(found).toEqual([indexed.job.id, old.job.id]);
    expect(all).toEqual([false, true]);
  });

  it('not for a child of another type than its batch', async () => {
    const plain = await launch([{ customer: 'acme' }]);
    await pool().query(`update job set type = 'collect' where batch_id = $1`, [plain]);
    await launch([{ customer: 'acme' }], ['payload.customer']);
    const { found, all } = await every('type:collect data.payload.customer:acme');
    expect(found).toHaveLength(1);
    expect(all).toEqual([false, true]);
  });

  it('and for values behind the items of a list that are indexed, once each', async () => {
    const list = Array.from({ length: 30 }, (_, i) => `c${i}`);
    const id = await launch(
      [{ customer: list }, { customer: [...list].reverse() }, { customer: 'c25' }],
      ['payload.customer'],
    );
    expect(await find('data.payload.customer:c25')).toEqual({
      found: [2, 1, 0].map((index) => ({ index, batchId: id })),
      nextCursor: null,
      searched: { all: true, rows: 3 },
    });
    expect((await find('data.payload.customer:nobody')).found).toEqual([]);
    await pool().query(`update job set status = 'failed' where batch_id = $1`, [id]);
    await pool().query(`update batch set status = 'failed', failed = 3, finished_at = now() where id = $1`, [id]);
    const [first] = (await pool().query('select id from job where batch_id = $1 and item_index = 0', [id])).rows;
    await retryJob(context, first.id, { data: { payload: { customer: 'short' } } });
    expect((await find('data.payload.customer:short')).searched).toEqual({ all: true, rows: 2 });
  });
});

it('costs nothing without searchable fields, and refuses more than five', async () => {
  await launch([{ customer: 'acme' }]);
  expect(await keyCount()).toBe(0);
  const six = Array.from({ length: 6 }, (_, i) => `f${i}`);
  await expect(launch([{}], six)).rejects.toMatchObject({ code: 'invalid-request' });
});

it('reads inputs that Postgres cannot take apart', async () => {
  await launch(
    [{ customer: 'a\u0000b' }, { customer: '\ud800' }, { customer: { deep: 1 } }, { customer: 1e300 }],
    ['payload.customer'],
  );
  expect((await find('data.payload.customer:"{\\"deep\\":1}"')).found).toHaveLength(1);
  expect((await find('data.payload.customer:*')).found).toHaveLength(4);
});
