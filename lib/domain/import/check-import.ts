import type { ImportDto } from '@/lib/contracts/import';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireOpen } from './change-import';
import { findImport, type ImportRow, readImport } from './import-row';
import { fieldsOf } from './mapping/fields';
import { startWork } from './start-work';

/**
 * Starts a worker that validates every row against the job type. The import stores progress and counts.
 * @throws DomainError `not-found`, `not-ready`, `already-done`
 */
export async function checkImport(context: Context, id: string): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  await transaction(async (tx) => {
    const row = await findImport(tx.db, context, id, { lock: true });
    requireOpen(row);
    requireMapped(row);
    await tx.db.query(sql`update import set rows = 0, good = 0, bad = 0, bytes_read = 0 where id = ${id}`);
    await tx.db.query(sql`delete from import_issue where import_id = ${id}`);
    await audit(tx.db, context, 'import.check', { kind: 'import', id, name: row.name });
    await startWork(tx, context, row, 'checking');
  });
  return { import: await readImport(context, id) };
}

/** @throws DomainError `not-ready` with the missing requirement */
export function requireMapped(row: ImportRow): void {
  if (!row.reading || row.columns.length === 0) {
    throw new DomainError('not-ready', row.error?.message ?? 'The file has not been read yet.');
  }
  const missing = fieldsOf(row.type).filter((field) => field.required && !row.mapping[field.path]);
  if (missing.length > 0) {
    throw new DomainError('not-ready', `Choose a source for ${missing.map((field) => field.path).join(', ')}.`, {
      errors: missing.map((field) => ({ path: `mapping.${field.path}`, message: 'is required' })),
    });
  }
  if (Object.keys(row.mapping).length === 0) {
    throw new DomainError('not-ready', 'Map at least one field, else every item would be empty.');
  }
}
