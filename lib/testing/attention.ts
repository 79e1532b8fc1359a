import { expect } from 'vitest';
import type { AttentionItem, AttentionKind } from '@/lib/contracts/attention';
import { pool } from '@/lib/db/pool';
import { listAttention } from '@/lib/domain/attention/list-attention';
import type { Context } from '@/lib/domain/context';
import { createContext, truncateAll } from './factories';

/** Creates an organization in an empty database in which a worker lives, so that nothing needs a person. */
export async function createWatched(): Promise<Context> {
  await truncateAll();
  await pool().query('delete from schedule');
  await pool().query('delete from node');
  await pool().query(`insert into node (host, pid, processes) values ('test', 1, 1)`);
  return createContext();
}

/** Returns the items of one kind. */
export const attentionOf = async (kind: AttentionKind, who: Context): Promise<AttentionItem[]> =>
  (await listAttention(who)).items.filter((item) => item.kind === kind);

/** Returns the labels of the actions of each item. */
export const labelsOf = (items: AttentionItem[]): string[][] =>
  items.map(({ actions }) => actions.map(({ label }) => label));

/** An item of another organization is never listed. Checks it with what the test has set up. */
export const expectOwnOnly = async (): Promise<void> =>
  expect((await listAttention(await createContext())).items).toEqual([]);

/** Sets columns of a batch. */
export const changeBatch = (batchId: string, set: string) =>
  pool().query(`update batch set ${set} where id = $1`, [batchId]);
