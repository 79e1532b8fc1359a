import { env } from '@/lib/config/env';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { limitReached, rulesOf } from './limits-of';

/** The first numbers of the advisory locks on what an organization stores. */
const ROWS_LOCK = 7_404;
const STORAGE_LOCK = 7_405;

/** SQL for the stored jobs of an organization: those of unfinished batches, and the statistics of all others. */
export const rowsOf = (organizationId: string): Sql => sql`
  (select coalesce(sum(total), 0)::float8 from (
     select total from batch where organization_id = ${organizationId} and status in ('pending', 'in-progress')
     union all select total from job_tally where organization_id = ${organizationId}) parts)`;

/** SQL for the bytes of an organization's files, including those that are being stored, without deleted ones. */
export const storageOf = (organizationId: string): Sql => sql`
  (select coalesce(sum(size), 0)::float8 from file
   where organization_id = ${organizationId} and hidden_at is distinct from '-infinity')`;

const measure = async (db: Queryable, what: Sql): Promise<number> => {
  const { rows } = await db.query<{ used: number }>(sql`select ${what} as used`);
  return must(rows[0], 'What an organization stores').used;
};

/**
 * Returns a function that refuses the nth job of a launch that can't fit, so that a long upload is not read in vain. Only
 * the check with `requireRows` at the end of the transaction is exact.
 * @throws DomainError `limit-exceeded`, also the returned function
 */
export async function rowGuard({ organizationId }: Context): Promise<(count: number) => void> {
  const allowed = (await rulesOf(organizationId)).limits.rows;
  if (allowed === null) return () => undefined;
  const used = await measure(pool(), rowsOf(organizationId));
  const check = (count: number) => {
    if (used + count > allowed) throw tooManyRows(allowed);
  };
  check(1);
  return check;
}

/**
 * Checks the limit of stored jobs after a transaction has written its own. It waits for other transactions of the
 * organization that are at this point, so call it last: nothing may wait for another lock afterwards.
 * @throws DomainError `limit-exceeded`
 */
export async function requireRows(db: Queryable, { organizationId }: Context): Promise<void> {
  const allowed = (await rulesOf(organizationId, db)).limits.rows;
  if (allowed === null) return;
  await db.query(sql`select pg_advisory_xact_lock(${ROWS_LOCK}, hashtext(${organizationId}))`);
  if ((await measure(db, rowsOf(organizationId))) > allowed) throw tooManyRows(allowed);
}

/**
 * Checks that the organization is still there, at the end of a transaction whose body may take hours to arrive. Deletion
 * waits some seconds for what was checked before it.
 * @throws DomainError `unauthenticated`
 */
export async function requireOrganization(db: Queryable, { organizationId }: Context): Promise<void> {
  const { rowCount } = await db.query(
    sql`select from organization where id = ${organizationId} and deleting_at is null`,
  );
  if (!rowCount) {
    throw new DomainError('unauthenticated', 'The organization was deleted while this request was received.');
  }
}

/**
 * Runs a statement that writes jobs. With a limit of stored jobs it runs in a transaction that checks the limit; without
 * one it runs alone.
 * @param write returns whether it wrote any
 * @param atOnce it consists of several statements, of which all or none must be stored
 * @throws DomainError `limit-exceeded`
 */
export async function writeRows(
  context: Context,
  write: (db: Queryable) => Promise<boolean>,
  { atOnce = false } = {},
): Promise<boolean> {
  if (!atOnce && (await rulesOf(context.organizationId)).limits.rows === null) return write(pool());
  return transaction(async ({ db }) => {
    const wrote = await write(db);
    if (wrote) await requireRows(db, context);
    return wrote;
  });
}

const tooManyRows = (allowed: number): Error =>
  limitReached('rows', allowed, {
    code: 'limit-exceeded',
    advice: 'Nothing was created. Delete finished batches, or ask a system administrator for more.',
  });

/** The most bytes of one file, and the limit that says so. */
export interface FileLimit {
  bytes: number;
  /** returns the error for a larger file */
  refuse(): Error;
}

/**
 * Returns how large a new file of the organization may be: by its limit of one upload, and by what is left of its
 * storage. Only the check with `requireStorage` is exact.
 */
export async function fileLimitOf({ organizationId }: Context): Promise<FileLimit> {
  const most = env().MAX_UPLOAD_BYTES;
  const { uploadBytes, storageBytes } = (await rulesOf(organizationId)).limits;
  const left = storageBytes === null ? most : storageBytes - (await measure(pool(), storageOf(organizationId)));
  if (storageBytes !== null && left < Math.min(most, uploadBytes ?? most)) {
    return { bytes: Math.max(0, left), refuse: () => storageFull(storageBytes) };
  }
  if (uploadBytes !== null && uploadBytes < most)
    return { bytes: uploadBytes, refuse: () => uploadTooLarge(uploadBytes) };
  return {
    bytes: most,
    refuse: () => new DomainError('payload-too-large', `A file may have at most ${most} bytes (MAX_UPLOAD_BYTES).`),
  };
}

const uploadTooLarge = (allowed: number): Error =>
  new DomainError(
    'payload-too-large',
    `A file of this organization may have at most ${allowed} bytes (limit uploadBytes).`,
    {
      extra: { limit: 'uploadBytes', allowed },
    },
  );

/**
 * Checks the limit of stored bytes in the transaction that shows a file, whose row is already there. Call it last.
 * @throws DomainError `limit-exceeded`
 */
export async function requireStorage(db: Queryable, { organizationId }: Context): Promise<void> {
  const allowed = (await rulesOf(organizationId, db)).limits.storageBytes;
  if (allowed === null) return;
  await db.query(sql`select pg_advisory_xact_lock(${STORAGE_LOCK}, hashtext(${organizationId}))`);
  if ((await measure(db, storageOf(organizationId))) > allowed) throw storageFull(allowed);
}

const storageFull = (allowed: number): Error =>
  limitReached('storageBytes', allowed, {
    code: 'limit-exceeded',
    advice: 'The file was not stored. Delete files or finished batches, or ask a system administrator for more.',
  });
