import { MAX_CHANGE_BYTES } from '@/lib/contracts/audit';
import { isFields, stringifyJson } from '@/lib/contracts/json';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from './context';
import { clip } from './preview';

/** What was done: `<entity>.<verb>`. */
export type AuditAction = `${string}.${string}`;

type AuditActor = Pick<Context['actor'], 'kind' | 'id' | 'name'>;

/** What an action was done to. */
export interface AuditTarget {
  /** batch, job, flow, file, member, ... */
  kind: string;
  id: string;
  name?: string | null;
}

/**
 * What an action changed. Secrets and keys never belong here. What comes from inputs and results of jobs belongs into
 * the field `payload`, which only readers with that right get.
 */
export interface AuditChange {
  before?: unknown;
  after?: unknown;
}

/** Kinds whose names are read from their rows, if none is given. */
const NAMES = {
  batch: sql`batch`,
  flow: sql`flow`,
  file: sql`file`,
  import: sql`import`,
  schedule: sql`schedule`,
} as const;

/** Writes an audit entry in the transaction of the action, so that neither exists without the other. */
export async function audit(
  db: Queryable,
  context: Context,
  action: AuditAction,
  { kind, id, name }: AuditTarget,
  change: AuditChange = {},
): Promise<void> {
  if (kind === 'job' && isId(id)) {
    const target = sql`(select ${id}::text as id, (select n.name from job n where n.id = ${id}::uuid) as name) as t`;
    const parent = sql`(select coalesce(n.batch_id, n.flow_id)::text from job n where n.id = ${id}::uuid)`;
    await db.query(insertEntries(context, action, kind, target, change, sql`${context.organizationId}::text`, parent));
    return;
  }
  const named = kind in NAMES && isId(id) ? NAMES[kind as keyof typeof NAMES] : undefined;
  const target =
    name === undefined && named
      ? sql`(select ${id}::text as id, (select n.name from ${named} n where n.id = ${id}::uuid) as name) as t`
      : sql`(values (${id}::text, ${name ?? null}::text)) as t (id, name)`;
  await db.query(insertEntries(context, action, kind, target, change));
}

/**
 * Returns the statement that writes an entry for each row of `target`, which is named `t` and has an `id` and a `name`.
 * As part of the statement of the action it saves a round trip.
 * @param organization whose log has them; may use the columns of `t`
 * @param parent whose activity has them too: the batch or flow of a job, the job that launched a flow
 */
export function insertEntries(
  context: Pick<Context, 'credential' | 'origin'> & { actor: AuditActor; organizationId: string | null },
  action: AuditAction,
  kind: string,
  target: Sql,
  change: AuditChange = {},
  organization: Sql = sql`${context.organizationId}::text`,
  parent: Sql = sql`null::text`,
): Sql {
  const { actor, credential, origin } = context;
  return sql`insert into audit (organization_id, actor_kind, actor_id, actor, credential_id, action, target_kind,
      target_id, target_name, parent_id, before, after, address, request_id)
    select ${organization}, ${actor.kind}, ${actor.id}, ${actor.name}, ${credential?.id ?? null}, ${action}, ${kind},
      t.id, t.name, ${parent}, ${bounded(change.before)}::json, ${bounded(change.after)}::json, ${origin?.address ?? null},
      ${origin?.requestId ?? null}
    from ${target}`;
}

/** Returns a value as JSON of at most MAX_CHANGE_BYTES. A long payload is cut first, because the rest says what was done. */
export function bounded(value: unknown): string | null {
  if (value === undefined) return null;
  const text = stringifyJson(value);
  if (fits(text)) return text;
  if (!isFields(value)) return cut(text);
  const { payload, ...rest } = value;
  const room = MAX_CHANGE_BYTES - Buffer.byteLength(stringifyJson(rest)) - 64;
  const shortened =
    payload === undefined
      ? stringifyJson(rest)
      : stringifyJson({ ...rest, payload: preview(stringifyJson(payload), room) });
  return fits(shortened) ? shortened : cut(stringifyJson(rest));
}

const fits = (text: string): boolean => Buffer.byteLength(text) <= MAX_CHANGE_BYTES;

/** Quotes and backslashes become two bytes in JSON. */
const preview = (text: string, bytes: number) => ({ cut: clip(text, Math.max(0, Math.floor(bytes / 2))) });

const cut = (text: string): string => stringifyJson(preview(text, MAX_CHANGE_BYTES - 64));
