import { stringifyJson } from '@/lib/contracts/json';
import type { RedactionDto } from '@/lib/contracts/redaction';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { forgetRedactor, NO_RULES } from './read-redactor';

/** Returns the organization's rules. @throws DomainError `forbidden` */
export async function getRedaction(context: Context): Promise<RedactionDto> {
  requirePermission(context, 'redaction.see', 'see the redaction rules');
  return readRules(pool(), context.organizationId);
}

/** Replaces the organization's rules. They hold at once here, and within two seconds in other processes. */
export async function setRedaction(context: Context, { paths, patterns }: RedactionDto): Promise<RedactionDto> {
  requirePermission(context, 'redaction.update', 'change the redaction rules');
  const { organizationId } = context;
  const after: RedactionDto = { paths: [...new Set(paths)], patterns: [...new Set(patterns)] };
  await transaction(async ({ db, afterCommit }) => {
    const before = await readRules(db, organizationId, { lock: true });
    await db.query(sql`update organization set redaction = ${stringifyJson(after)} where id = ${organizationId}`);
    await audit(db, context, 'redaction.update', { kind: 'organization', id: organizationId }, { before, after });
    afterCommit(() => forgetRedactor(organizationId));
  });
  return after;
}

async function readRules(
  db: Queryable,
  organizationId: string,
  options: { lock?: boolean } = {},
): Promise<RedactionDto> {
  const { rows } = await db.query<{ redaction: RedactionDto | null }>(
    sql`select redaction from organization where id = ${organizationId}${options.lock ? sql` for update` : sql``}`,
  );
  if (!rows[0]) throw notFound('organization', organizationId);
  return rows[0].redaction ?? NO_RULES;
}
