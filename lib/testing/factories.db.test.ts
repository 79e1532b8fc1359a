import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, jobRows, seedBatch } from './factories';

test('a test file starts with an empty, migrated database, and a seeded batch adds up', async () => {
  const { rows } = await pool().query('select count(*)::int as batches from batch');
  expect(rows).toEqual([{ batches: 0 }]);
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed', 'failed', 'pending', 'pending'] });
  expect(jobIds).toHaveLength(4);
  expect(await jobRows(batchId)).toEqual({ completed: 1, failed: 1, pending: 2 });
});
