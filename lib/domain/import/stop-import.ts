import { isImportBusy } from '@/lib/contracts/choices';
import type { ImportDto } from '@/lib/contracts/import';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { publish } from '@/lib/events/relay';
import { findImport, type ImportRow, readImport } from './import-row';

/**
 * Stops the work of an import. Later writes of the worker have no effect; a stopped launch writes no batch.
 * @throws DomainError `not-found`; `already-done` when no work is running
 */
export async function stopImport(context: Context, id: string): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  await transaction(async (tx) => {
    const row = await findImport(tx.db, context, id, { lock: true });
    if (!isImportBusy(row.status)) throw new DomainError('already-done', 'Nothing is under way for this import.');
    await cancelWork(tx, row);
    await audit(
      tx.db,
      context,
      'import.stop',
      { kind: 'import', id, name: row.name },
      { before: { status: row.status } },
    );
  });
  return { import: await readImport(context, id) };
}

/** Returns the import to its state before the work: a launch to `checked`, a check to `ready`. */
export async function cancelWork(tx: Transaction, row: ImportRow): Promise<void> {
  const next = { reading: 'failed', checking: 'ready', launching: 'checked' }[row.status as 'reading'] ?? row.status;
  const error =
    row.status === 'reading' ? { code: 'stopped', message: 'It was stopped before the file was read.' } : null;
  await tx.db.query(
    sql`update import set status = ${next}, revision = revision + 1, job_id = null, launch = null, error = ${error && JSON.stringify(error)}, updated_at = now()
     where id = ${row.id}`,
  );
  const { job_id: jobId } = row;
  // The job's writes have no effect anyway; the abort only ends it sooner.
  if (jobId) tx.afterCommit(() => publish('control', { abort: { jobIds: [jobId], batchIds: [], force: false } }));
}
