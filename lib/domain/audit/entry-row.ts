import type { ActorKind, AuditEntryDto } from '@/lib/contracts/audit';
import { isFields } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import { type Context, seesPayloads } from '@/lib/domain/context';

export const ENTRY_COLUMNS = sql`a.id::text as id, a.at, a.actor_kind, a.actor_id, a.actor, a.action, a.target_kind,
  a.target_id, a.target_name, a.before, a.after, a.request_id, a.address`;

export interface EntryRow {
  id: string;
  at: Date;
  actor_kind: ActorKind;
  actor_id: string | null;
  actor: string;
  action: string;
  target_kind: string;
  target_id: string;
  target_name: string | null;
  before: unknown;
  after: unknown;
  request_id: string | null;
  address: string | null;
}

/** Returns an entry as the reader may see it: contents of jobs (`payload`) only with that right. */
export function toEntry(context: Context, row: EntryRow): AuditEntryDto {
  const shown = seesPayloads(context) ? (value: unknown) => value : withoutPayload;
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    ...(row.before === null ? {} : { before: shown(row.before) }),
    ...(row.after === null ? {} : { after: shown(row.after) }),
    requestId: row.request_id,
    address: row.address,
  };
}

function withoutPayload(value: unknown): unknown {
  if (!isFields(value)) return value;
  const { payload: _payload, ...rest } = value;
  return rest;
}
