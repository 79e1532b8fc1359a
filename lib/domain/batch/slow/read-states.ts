import type { BatchDto } from '@/lib/contracts/batch';
import { isFields } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import type { BatchState } from './divide-time';

/** A change of what the batch as a whole does, in milliseconds since 1970. */
export interface StateChange {
  at: number;
  state: BatchState;
  concurrency: number | null;
}

interface Entry {
  action: string;
  at: Date;
  before: unknown;
  after: unknown;
}

/** Entries that are read, the latest ones. */
const MAX_ENTRIES = 500;
const ACTIONS = ['launch', 'start', 'pause', 'resume', 'retry', 'update'].map((verb) => `batch.${verb}`);

/**
 * Reads from the audit entries of a batch when it was paused, held for a start by hand, or waited for a slot, and when
 * its concurrency was changed, the oldest first.
 * @returns `retries`: times of retries by hand of the batch and of its items
 */
export async function readStates(
  context: Context,
  batch: BatchDto,
): Promise<{ changes: StateChange[]; retries: number[] }> {
  const { rows } = await pool().query<Entry>(
    sql`select action, at, before, after from (
          select id, action, at, before, after from audit
          where organization_id = ${context.organizationId} and target_id = ${batch.id} and action = any(${ACTIONS}::text[])
          order by at desc, id desc limit ${MAX_ENTRIES}) latest
        order by at, id`,
  );
  const { rows: single } = await pool().query<{ at: Date }>(
    sql`select at from audit where organization_id = ${context.organizationId} and parent_id = ${batch.id} and action = 'job.retry'
        order by at desc limit ${MAX_ENTRIES}`,
  );
  const { rows: everything } = await pool().query<Entry>(
    sql`select action, at, before, after from audit
        where at >= ${new Date(batch.createdAt)} and (action in ('system.pause', 'system.resume')
          or (organization_id = ${context.organizationId} and action in ('organization.pause', 'organization.resume')))
        order by at limit ${MAX_ENTRIES}`,
  );
  const entries = [...rows, ...everything].sort((a, b) => a.at.getTime() - b.at.getTime());
  const retries = [...rows.filter(({ action }) => action === 'batch.retry'), ...single].map(({ at }) => at.getTime());
  return { changes: changesOf(batch, entries), retries: retries.sort((a, b) => a - b) };
}

/** Follows the entries, and what the row of the batch says about its beginning and about now. */
export function changesOf(batch: BatchDto, entries: readonly Entry[]): StateChange[] {
  const [created, started] = [Date.parse(batch.createdAt), batch.startedAt ? Date.parse(batch.startedAt) : null];
  const changes: StateChange[] = [];
  /** what is paused: the batch, its organization, or the system */
  const paused = new Set<string>();
  let [isHeld, isStarted] = [
    fieldOf(entries.find(({ action }) => action === 'batch.launch')?.after, 'start') === 'manual',
    false,
  ];
  const say = (at: number, concurrency: number | null = null) =>
    changes.push({
      at,
      state: paused.size > 0 ? 'paused' : isStarted ? 'running' : isHeld ? 'held' : 'waiting',
      concurrency,
    });
  const first = entries
    .map(({ before }) => fieldOf(fieldOf(before, 'options'), 'concurrency'))
    .find((v) => v !== undefined);
  say(created, typeof first === 'number' ? first : null);
  const startsAt = (before: number) => {
    if (started === null || isStarted || started > before) return;
    isStarted = true;
    say(started);
  };
  for (const { action, at, after } of entries) {
    const moment = at.getTime();
    startsAt(moment);
    if (action === 'batch.start') isHeld = false;
    const [what = '', verb] = action.split('.');
    if (verb === 'pause') paused.add(what);
    if (verb === 'resume') paused.delete(what);
    const changed = action === 'batch.update' ? fieldOf(fieldOf(after, 'options'), 'concurrency') : undefined;
    say(Math.max(created, moment), typeof changed === 'number' ? changed : null);
  }
  startsAt(Number.POSITIVE_INFINITY);
  // It released its slot and waits for one again, at the earliest since the last pause.
  if (isStarted && paused.size === 0 && batch.queuedAt) {
    const resumed = entries.findLast(({ action }) => action.endsWith('.resume'))?.at.getTime() ?? 0;
    changes.push({ at: Math.max(resumed, Date.parse(batch.queuedAt)), state: 'waiting', concurrency: null });
  }
  return changes.sort((a, b) => a.at - b.at);
}

const fieldOf = (value: unknown, name: string): unknown => (isFields(value) ? value[name] : undefined);
