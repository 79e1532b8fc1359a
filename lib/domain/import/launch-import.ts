import type { ImportDto, ImportLaunch, LaunchImportBody } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireSlot } from '@/lib/domain/capacity/take-slot';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { checkMetadata } from '@/lib/domain/metadata';
import { keepSecrets, withoutSecrets } from '@/lib/domain/notification/event/kept-secrets';
import { requireTargets } from '@/lib/domain/notification/event/targets';
import { findImport, type ImportRow, readImport } from './import-row';
import { startWork } from './start-work';

/**
 * Launches a checked import: a worker writes all rows as a batch in one transaction. At capacity the launch is refused
 * at once and the import is unchanged. A second call returns the same launch.
 * @returns `launched` with the batch, or `launching` until a worker has written it
 * @throws DomainError `not-found`, `not-ready`, `invalid-items` while bad rows are neither fixed nor skipped,
 * `empty-batch`, `capacity-reached`, `invalid-metadata`, `unknown-channel`, `invalid-channel`
 */
export async function launchImport(
  context: Context,
  id: string,
  { skipBad, ...fields }: LaunchImportBody,
): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  const { notify } = fields;
  const before = await findImport(pool(), context, id);
  if (before.status === 'launched' || before.status === 'launching') return { import: await readImport(context, id) };
  const metadata = { ...fields.metadata, importId: id };
  checkMetadata(metadata);
  await requireTargets(context, fields.notify);
  // Checked again under the lock when the batch is written. The early check avoids a useless wait.
  if (fields.start === 'now') await requireSlot(pool(), context);
  await transaction(async (tx) => {
    const row = await findImport(tx.db, context, id, { lock: true });
    if (row.status === 'launched' || row.status === 'launching') return;
    requireLaunchable(row, skipBad);
    const { actor, credential, origin } = context;
    const launch: ImportLaunch = {
      fields: { ...fields, type: row.type, metadata, ...(notify ? { notify: withoutSecrets(notify) } : {}) },
      skipBad,
      actor: { kind: actor.kind === 'key' ? 'key' : 'user', id: actor.id, name: actor.name },
      credential,
      origin,
    };
    await keepSecrets(tx.db, context, id, notify);
    await tx.db.query(sql`update import set launch = ${stringifyJson(launch)}, bytes_read = 0 where id = ${id}`);
    await audit(
      tx.db,
      context,
      'import.launch',
      { kind: 'import', id, name: row.name },
      {
        after: { batch: fields.name, type: row.type, rows: row.good, skipped: row.bad },
      },
    );
    await startWork(tx, context, row, 'launching');
  });
  return { import: await readImport(context, id) };
}

function requireLaunchable(row: ImportRow, skipBad: boolean): void {
  if (row.status !== 'checked') {
    throw new DomainError('not-ready', 'Check every row first: what does not fit should be known before a launch.');
  }
  if (row.good === 0) throw new DomainError('empty-batch', 'No row fits, so there is nothing to launch.');
  if (row.bad > 0 && !skipBad) {
    throw new DomainError(
      'invalid-items',
      `${row.bad.toLocaleString('en-US')} of ${row.rows.toLocaleString('en-US')} rows do not fit ${row.type}. Correct them, or launch with skipBad to leave them out.`,
    );
  }
}
