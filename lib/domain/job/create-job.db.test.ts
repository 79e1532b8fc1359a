import { expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { countWaiting } from '@/lib/queue/inspect';
import { createContext } from '@/lib/testing/factories';
import { createJob } from './create-job';

test('a job is written with one question to the database, and read with another', async () => {
  const context = await createContext();
  await createJob(context, { type: 'diagnostic', data: {} });
  const asked = vi.spyOn(pool(), 'query');
  const { job } = await createJob(context, { type: 'diagnostic', data: {}, correlationId: 'order-7', priority: 3 });
  expect(asked).toHaveBeenCalledTimes(2);
  asked.mockRestore();
  expect(job).toMatchObject({ status: 'pending', correlationId: 'order-7', priority: 3 });
  expect(await countWaiting('diagnostic')).toBe(2);
});

test('returns data unchanged, whatever its fields are called', async () => {
  const payload = JSON.parse('{"__proto__":{"a":1},"constructor":2,"deep":[{"$type":"DateTime","value":"x"}]}');
  const { job } = await createJob(await createContext(), { type: 'diagnostic', data: { payload } });
  expect(JSON.stringify(job.data)).toBe(JSON.stringify({ payload }));
});
