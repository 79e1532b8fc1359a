import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, jobRows, seedBatch } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { listFailureGroups } from './list-failure-groups';
import { retryBatch } from './retry-batch';

test('a group of failures is retried alone, whatever numbers its messages contain', async () => {
  const context = await createContext();
  const statuses = Array.from({ length: 6 }, () => 'failed' as const);
  const { batchId, jobIds } = await seedBatch(context, { statuses: [...statuses, 'completed'] });
  for (const [i, id] of jobIds.slice(0, 6).entries()) {
    const error =
      i < 4 ? { message: `429 after ${i} ms from "host-${i}"` } : { message: 'encrypted', code: 'unreadable' };
    await pool().query('update job set error = $2 where id = $1', [id, JSON.stringify(error)]);
  }
  const [first, second] = (await listFailureGroups(context, batchId)).groups;
  expect(first).toMatchObject({ count: 4, code: null });
  expect(second).toMatchObject({ count: 2, code: 'unreadable', message: 'encrypted' });
  const reason = { message: first?.message ?? '', code: null };
  const { retried } = await retryBatch(context, batchId, { only: 'failed', reason });
  expect(retried).toBe(4);
  expect(await jobRows(batchId)).toMatchObject({ failed: 2, pending: 4, completed: 1 });
  await expectConsistent();
});

test('values in an answer do not form separate reasons, and sentences do', async () => {
  const context = await createContext();
  const answers = [
    (v: string) => `h answered 422: {"error":"zip \\"${v}\\" is unknown"}`,
    (v: string) => `h answered 422: {"error":"zip '${v}' is not known"}`,
    (v: string) => `h answered 422: { "error": "no such place", "value": "${v}" }`,
    (v: string) => `h answered 422: {"detail":[{"msg":"must be a number","input":"${v}"}]}`,
    (v: string) => `h answered 422: it can’t be "${v}" or \`${v}\`, isn't it`,
    (v: string) => `h answered 422: {"errors":{"place":["is too long"]},"input":"${v.repeat(80)}","more":"${v}"}`,
  ];
  const values = ['K1A', 'B-77', 'Ulm'];
  const messages = answers.flatMap((answer) => values.map(answer));
  const { batchId, jobIds } = await seedBatch(context, { statuses: messages.map(() => 'failed' as const) });
  for (const [i, message] of messages.entries())
    await pool().query('update job set error = $2 where id = $1', [jobIds[i], JSON.stringify({ message })]);
  const { groups } = await listFailureGroups(context, batchId);
  expect(groups.map((g) => [g.count, g.sample.index])).toEqual(
    answers.map((_, i) => [values.length, i * values.length]),
  );
  const reason = { message: groups[1]?.message ?? '', code: null };
  expect((await retryBatch(context, batchId, { only: 'failed', reason })).retried).toBe(values.length);
});

test('messages with NUL and lone surrogates are grouped and retried like others', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'failed'] });
  const messages = ['cut \ud83d', 'nul \u0000\u0000 and C:\\u0000', 'whole \u{1f642}'];
  for (const [i, message] of messages.entries())
    await pool().query('update job set error = $2 where id = $1', [jobIds[i], JSON.stringify({ message })]);
  const { groups } = await listFailureGroups(context, batchId);
  expect(groups.map((g) => g.message)).toEqual(['cut \uFFFD', 'nul \uFFFD\uFFFD and C:\\u0000', 'whole \u{1f642}']);
  const reason = { message: groups[0]?.message ?? '', code: null };
  expect((await retryBatch(context, batchId, { only: 'failed', reason })).retried).toBe(1);
});

test('what a search finds is retried alone, and a dry run counts it without a change', async () => {
  const context = await createContext();
  const statuses = Array.from({ length: 6 }, () => 'failed' as const);
  const { batchId, jobIds } = await seedBatch(context, { statuses: [...statuses, 'completed', 'cancelled'] });
  for (const [i, id] of jobIds.entries()) {
    const data = { payload: i % 2 === 0 ? 'acme' : 'globex' };
    await pool().query('update job set data = $2 where id = $1', [id, JSON.stringify(data)]);
  }
  const dry = await retryBatch(context, batchId, { only: 'failed', q: 'ACME', dry: true });
  expect(dry).toMatchObject({ matched: 3, retried: 0 });
  expect(await jobRows(batchId)).toMatchObject({ failed: 6, completed: 1, cancelled: 1 });
  expect(await retryBatch(context, batchId, { only: 'failed', q: '#2' })).toMatchObject({ retried: 1 });
  expect(await retryBatch(context, batchId, { only: 'failed', q: 'acme' })).toMatchObject({ retried: 3 });
  expect(await jobRows(batchId)).toMatchObject({ failed: 2, cancelled: 1, completed: 1, pending: 4 });
  await expectConsistent();
});
