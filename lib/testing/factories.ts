import type { Role } from '@/lib/contracts/permissions';
import type { JobStatus } from '@/lib/contracts/status';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';

/** Creates an organization and returns its id. */
export async function createOrganization(name = 'Test organization'): Promise<string> {
  const id = newId();
  await pool().query('insert into organization (id, name, slug) values ($1, $2, $1)', [id, name]);
  return id;
}

/** Creates a person of a new organization, or of the given one: its owner and system administrator, unless a role is given. */
export async function createContext(
  options: { role?: Role; organizationId?: string; name?: string } = {},
): Promise<Context> {
  const organizationId = options.organizationId ?? (await createOrganization());
  return {
    actor: {
      kind: 'user',
      id: newId(),
      name: options.name ?? 'Ana',
      role: options.role ?? 'owner',
      seesPayloads: true,
      systemAdmin: options.role === undefined,
    },
    organizationId,
  };
}

/** Creates another member of the same organization: an operator, unless another role is given. */
export const asMember = (context: Context, role: Role = 'operator'): Context => ({
  ...context,
  actor: { kind: 'user', id: newId(), name: 'Mika', role, seesPayloads: true, systemAdmin: false },
});

interface NewMember {
  name?: string;
  email?: string;
  role?: Role;
  seesPayloads?: boolean;
}

/** Inserts a user who is a member of the context's organization: an owner, unless another role is given. */
export async function createMember(
  context: Context,
  { name = 'Ben', email, role = 'owner', seesPayloads = true }: NewMember = {},
): Promise<{ userId: string; memberId: string; email: string; context: Context }> {
  const [userId, memberId] = [newId(), newId()];
  const address = email ?? `${userId}@example.org`;
  await pool().query('insert into "user" (id, name, email, updated_at) values ($1, $2, $3, now())', [
    userId,
    name,
    address,
  ]);
  await pool().query(
    'insert into member (id, organization_id, user_id, role, sees_payloads) values ($1, $2, $3, $4, $5)',
    [memberId, context.organizationId, userId, role, seesPayloads],
  );
  const actor = { kind: 'user', id: userId, name, role, seesPayloads, systemAdmin: false } as const;
  return { userId, memberId, email: address, context: { ...context, actor } };
}

/** Inserts a session of a user and returns the context with it. @param minutes since the password was given */
export async function createSession(context: Context, { minutes = 0 } = {}): Promise<Context & { sessionId: string }> {
  const id = newId();
  await pool().query(
    `insert into session (id, token, expires_at, user_id, authenticated_at)
     values ($1, $1, now() + interval '1 day', $2, now() - make_interval(mins => $3))`,
    [id, context.actor.id, minutes],
  );
  return { ...context, credential: { kind: 'session', id }, sessionId: id };
}

interface SeedBatch {
  type?: string;
  name?: string;
  /** one entry per child, in item order */
  statuses: JobStatus[];
  data?: unknown;
}

/**
 * Inserts a running batch with consistent counters, for tests of reads and repairs. Tests of launching and running call
 * the domain functions.
 */
export async function seedBatch(
  context: Context,
  { type = 'diagnostic', name = 'Seeded', statuses, data = {} }: SeedBatch,
): Promise<{ batchId: string; jobIds: string[] }> {
  const batchId = newId();
  const count = (status: JobStatus) => statuses.filter((s) => s === status).length;
  const [completed, failed, cancelled] = [count('completed'), count('failed'), count('cancelled')];
  const open = statuses.length - completed - failed - cancelled;
  await pool().query(
    `insert into batch (id, organization_id, type, name, status, total, completed, failed, cancelled, options,
                        correlation_id, run, started_at, finished_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', 'seeded', 1, now(), case when $10 then now() end)`,
    [
      batchId,
      context.organizationId,
      type,
      name,
      open > 0 ? 'in-progress' : outcome(statuses.length, completed, failed, cancelled),
      statuses.length,
      completed,
      failed,
      cancelled,
      open === 0,
    ],
  );
  await pool().query(
    'insert into batch_dispatch (batch_id, initial, last_seq, cursor, reach) values ($1, $2, $2, $2, $2)',
    [batchId, statuses.length],
  );
  const jobIds = statuses.map(() => newId());
  await pool().query(
    `insert into job (id, organization_id, type, status, batch_id, item_index, data, correlation_id, finished_at)
     select id, $2, $3, status, $4::uuid, n - 1, $5::json, 'seeded',
            case when status in ('completed', 'failed', 'cancelled') then now() end
       from unnest($1::uuid[], $6::text[]) with ordinality as given (id, status, n)`,
    [jobIds, context.organizationId, type, batchId, JSON.stringify(data), statuses],
  );
  return { batchId, jobIds };
}

function outcome(total: number, completed: number, failed: number, cancelled: number): string {
  if (completed === total) return 'completed';
  if (failed === total) return 'failed';
  return cancelled > 0 && completed + failed === 0 ? 'cancelled' : 'partial';
}

/** Counts a batch's rows by status, which its counters must equal. */
export async function jobRows(batchId: string): Promise<Partial<Record<JobStatus, number>>> {
  const { rows } = await pool().query<{ status: JobStatus; count: number }>(
    'select status, count(*)::int as count from job where batch_id = $1 group by status',
    [batchId],
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

/** Deletes every batch and job of this test file's database, so that all slots are free in the next test. */
export async function truncateAll(): Promise<void> {
  await pool().query(
    'truncate job, flow, flow_node, adopted, job_tally, history_delta, history, worker_history, batch, batch_dispatch, attempt, job_step, job_log, file_use',
  );
}
