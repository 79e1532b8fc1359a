import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createContext } from '@/lib/testing/factories';
import { expire } from './expire';

test('an old flow is deleted with all its nodes, and an open or young one is kept', async () => {
  const context = await createContext();
  const tree = (name: string) => ({ name, type: 'collect', children: [{ name: 'leaf', type: 'diagnostic' }] });
  const { result } = await createFlows(context, { flows: [tree('old'), tree('young'), tree('open')] });
  const [old = '', young = '', open = ''] = result.flowIds;
  await cancelFlow(context, old);
  await cancelFlow(context, young);
  await pool().query(
    `update job set finished_at = now() - interval '30 days' where flow_id <> $1 and outcome is not null`,
    [open],
  );
  await pool().query(`update flow set finished_at = now() - interval '30 days' where id = $1`, [old]);
  await pool().query(
    `update job set status = 'cancelled', finished_at = now() - interval '30 days' where parent_job_id = $1`,
    [open],
  );
  expect(await expire(100)).toBe(2);
  const left = async (table: string) =>
    (await pool().query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;
  expect([await left('flow'), await left('flow_node'), await left('job')]).toEqual([2, 4, 4]);
});
