import type { ActorKind, AuditEntryDto } from '@/lib/contracts/audit';
import { isFields } from '@/lib/contracts/json';
import { sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';

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
export function toEntry(door: Door, row: EntryRow): AuditEntryDto {
  const shown = (value: unknown) => changeAt(door, value);
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, name: nameAt(door, row) },
    ...(row.before === null ? {} : { before: shown(row.before) }),
    ...(row.after === null ? {} : { after: shown(row.after) }),
    requestId: row.request_id,
    address: row.address,
  };
}

/** Names of these are made of contents: of inputs, and of files that people bring. */
const NAMED_BY_CONTENTS = ['job', 'file', 'import'];

function nameAt(door: Door, { target_kind: kind, target_name: name }: EntryRow): string | null {
  if (name === null || door.level === 'full') return name;
  if (kind === 'job' || (door.level === 'hidden' && NAMED_BY_CONTENTS.includes(kind))) return null;
  return door.label(name);
}

/** Contents of jobs are shown whole or not at all: an entry does not know of which part of a job they are. */
function changeAt(door: Door, value: unknown): unknown {
  if (door.level === 'full') return value;
  const shown = isFields(value) ? withoutPayload(value) : value;
  return door.level === 'hidden' ? shown : door.anyValue(shown);
}

function withoutPayload({ payload: _payload, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
