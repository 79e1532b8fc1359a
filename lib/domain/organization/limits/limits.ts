import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import { type Limits, type LimitsAnswer, NO_LIMITS, type SetLimitsBody } from '@/lib/contracts/limits';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { HOLDS_SLOT } from '@/lib/domain/capacity/slots';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { publish } from '@/lib/events/relay';
import { countRequests } from './count-request';
import { forgetRules, readRules } from './limits-of';
import { rowsOf, storageOf } from './require-room';
import { openStreamsOf } from './stream-limit';

/**
 * Returns the limits of an organization, and what it uses of them. The limits of another organization are for system
 * administrators.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function getLimits(context: Context, organizationId = context.organizationId): Promise<LimitsAnswer> {
  requirePermission(context, 'limit.see');
  if (organizationId !== context.organizationId) {
    requirePermission(context, 'organization.see-all', 'see the limits of another organization');
    await requireOrganization(pool(), organizationId);
  }
  const { limits } = await readRules(pool(), organizationId);
  const { rows } = await pool().query<{ running: number; rows: number; storage: number; streams: number }>(
    sql`select (select count(*)::int from batch b where ${HOLDS_SLOT} and b.organization_id = ${organizationId}) as running,
       ${rowsOf(organizationId)} as rows, ${storageOf(organizationId)} as storage, ${openStreamsOf(organizationId)} as streams`,
  );
  const used = must(rows[0], 'What an organization uses');
  return {
    limits,
    used: {
      runningBatches: used.running,
      rows: used.rows,
      requestsPerMinute: limits.requestsPerMinute === null ? null : await countRequests(organizationId),
      streams: limits.streams === null ? null : used.streams,
      storageBytes: used.storage,
    },
  };
}

/**
 * Sets limits of an organization; those that are not given stay as they are. They hold for what comes: nothing that
 * runs or is stored is ended.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function setLimits(context: Context, body: SetLimitsBody): Promise<LimitsAnswer> {
  requirePermission(context, 'limit.update');
  const { organizationId = context.organizationId, limits: given } = body;
  await transaction(async ({ db, afterCommit }) => {
    const name = await requireOrganization(db, organizationId, { lock: true });
    const { limits: before } = await readRules(db, organizationId);
    const after: Limits = { ...before, ...defined(given) };
    await db.query(
      sql`insert into organization_limit (organization_id, limits) values (${organizationId}, ${stringifyJson(setOnes(after))})
       on conflict (organization_id) do update set limits = excluded.limits, updated_at = now()`,
    );
    await audit(
      db,
      { ...context, organizationId },
      'limit.update',
      { kind: 'organization', id: organizationId, name },
      { before: setOnes(before), after: setOnes(after) },
    );
    afterCommit(() => forgetRules(organizationId));
    // A higher limit or another weight may let batches start that wait.
    afterCommit(() => publish('control', { startQueued: true }));
  });
  return getLimits(context, organizationId);
}

const setOnes = (limits: Limits): Partial<Limits> =>
  Object.fromEntries(Object.entries({ ...NO_LIMITS, ...limits }).filter(([, value]) => value !== null));

async function requireOrganization(db: Queryable, id: string, { lock = false } = {}): Promise<string> {
  const { rows } = await db.query<{ name: string }>(
    sql`select name from organization where id = ${id} ${lock ? sql`for no key update` : sql``}`,
  );
  if (!rows[0]) throw notFound('organization', id);
  return rows[0].name;
}
