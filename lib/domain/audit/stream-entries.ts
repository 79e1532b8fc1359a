import type { AuditEntryDto } from '@/lib/contracts/audit';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { type EntryFilter, readPage } from './list-entries';

const PAGE = 1000;

/**
 * Streams all entries that match, newest first, in pages, to limit memory use. The download has an entry of its own.
 * @throws DomainError `forbidden`
 */
export async function streamEntries(context: Context, filter: EntryFilter): Promise<AsyncGenerator<AuditEntryDto[]>> {
  requirePermission(context, 'audit.see', 'see the audit log');
  const { actor, action, target, from, to } = filter;
  const after = { actor, action, target, from, to };
  await audit(pool(), context, 'audit.export', { kind: 'audit', id: 'log' }, { after });
  return pages(context, filter);
}

async function* pages(context: Context, filter: EntryFilter): AsyncGenerator<AuditEntryDto[]> {
  let cursor: string | undefined;
  do {
    const page = await readPage(context, filter, { limit: PAGE, cursor });
    if (page.entries.length > 0) yield page.entries;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
