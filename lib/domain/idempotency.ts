import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from './context';
import { DomainError } from './errors';

/** A request that a client may repeat under the same idempotency key. */
export interface Repeatable {
  idempotencyKey?: string | undefined;
  /** hash that identifies the request; reads the rest of its body. Internal callers omit it. */
  requestHash?: () => Promise<string>;
}

/** Kinds of idempotency keys. Each kind has its own key space; the keys of added items are scoped to their batch. */
export type Keyed = 'batch' | 'job' | 'flow' | 'batch_addition';

const TABLES = { batch: sql`batch`, job: sql`job`, flow: sql`flow` } as const;

/** Returns the hash that is stored with a key; undefined if the key is new, null if it was used without a hash. */
export async function findRequestHash(
  context: Context,
  kind: Keyed,
  key: string,
  batchId: string,
): Promise<string | null | undefined> {
  if (kind === 'batch_addition' && !isId(batchId)) return undefined;
  const { rows } = await (kind === 'batch_addition'
    ? pool().query<{ hash: string | null }>(
        sql`select a.idempotency_hash as hash from batch_addition a join batch b on b.id = a.batch_id
         where b.organization_id = ${context.organizationId} and a.key = ${key} and a.batch_id = ${batchId}`,
      )
    : pool().query<{ hash: string | null }>(
        sql`select idempotency_hash as hash from ${TABLES[kind]} where organization_id = ${context.organizationId} and idempotency_key = ${key}`,
      ));
  return rows[0]?.hash;
}

export const keyReused = (): DomainError =>
  new DomainError(
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request. Send the very same request to get its result again, or use a new key.',
    { errors: [{ path: 'Idempotency-Key', message: 'was used for another request' }] },
  );

/**
 * Throws if a request under a known key differs from the one that used it. A key that was stored without a hash matches
 * any request.
 * @throws DomainError `idempotency-key-reused`
 */
export async function requireSameRequest(kept: string | null, { requestHash }: Repeatable): Promise<void> {
  if (kept !== null && requestHash && kept !== (await requestHash())) throw keyReused();
}
