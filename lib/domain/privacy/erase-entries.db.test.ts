import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { createContext, createMember } from '@/lib/testing/factories';

let home: Context;

beforeAll(async () => {
  home = await createContext({ name: 'Ana' });
  await createJob(home, { type: 'diagnostic', data: {} });
});

describe('the audit log', () => {
  it('lets nobody be erased who has an account, or whose deletion was not requested', async () => {
    const { userId } = await createMember(home, { name: 'Eve' });
    const erase = (id: string) => pool().query('select * from audit_erase($1, 0, 100)', [id]);
    await expect(erase(newId())).rejects.toMatchObject({ code: '42501' });
    await pool().query(
      `insert into person_deletion (user_id, alias, name, email, names, organization_ids, row_ids) values ($1, 'a', 'Eve', 'e', '{}', '{}', '{}')`,
      [userId],
    );
    await expect(erase(userId)).rejects.toMatchObject({ code: '42501' });
    await pool().query('delete from person_deletion where user_id = $1', [userId]);
  });

  it.each([
    "action = 'batch.see'",
    "actor = 'Eve'",
    "at = now() - interval '1 year'",
    "target_name = 'another'",
    "address = '192.0.2.1'",
    'organization_id = null',
  ])('refuses every change but erasing, also while something is erased: %s', async (change) => {
    const client = await pool().connect();
    try {
      await client.query('begin');
      await client.query("set local batchyard.erasing = 'on'");
      await expect(
        client.query(
          `update audit set ${change} where id = (select min(id) from audit where organization_id is not null)`,
        ),
      ).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
