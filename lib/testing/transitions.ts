import { pool } from '@/lib/db/pool';

/** Allowed status transitions, from → to; `new` is the insertion. docs/job-lifecycle.md draws the same edges. */
export type Transitions = Readonly<Record<string, readonly string[]>>;

export const JOB_TRANSITIONS: Transitions = {
  new: ['pending', 'delayed', 'waiting-children'],
  'waiting-children': ['pending', 'delayed', 'failed', 'cancelled'],
  pending: ['active', 'failed', 'cancelled'],
  delayed: ['active', 'pending', 'cancelled'],
  active: ['active', 'completed', 'failed', 'cancelled', 'delayed', 'pending'],
  failed: ['pending', 'waiting-children'],
  cancelled: ['pending', 'waiting-children'],
};

export const BATCH_TRANSITIONS: Transitions = {
  new: ['pending'],
  pending: ['in-progress', 'completed', 'failed', 'partial', 'cancelled'],
  'in-progress': ['completed', 'failed', 'partial', 'cancelled'],
  failed: ['in-progress', 'pending'],
  partial: ['in-progress', 'pending'],
  cancelled: ['in-progress', 'pending'],
};

/** Returns each transition as `from → to`, sorted. */
export const edgesOf = (transitions: Transitions): string[] =>
  Object.entries(transitions)
    .flatMap(([from, targets]) => targets.map((to) => `${from} → ${to}`))
    .sort();

/** Records every status change with triggers in the test's database. */
export async function watchTransitions(): Promise<void> {
  await pool().query(`
    create table seen_transition (entity text, edge text, primary key (entity, edge));
    create function note_transition() returns trigger language plpgsql as $$
    begin
      insert into seen_transition values (tg_table_name,
        case when tg_op = 'INSERT' then 'new' else old.status end || ' → ' || new.status) on conflict do nothing;
      return null;
    end $$;
    create trigger note_insert after insert on job for each row execute function note_transition();
    create trigger note_insert after insert on batch for each row execute function note_transition();
    create trigger note_update after update on job for each row
      when (old.status <> new.status or old.attempt <> new.attempt) execute function note_transition();
    create trigger note_update after update on batch for each row
      when (old.status <> new.status) execute function note_transition();`);
}

/** Returns the recorded transitions in the form of `edgesOf`. */
export async function seenTransitions(entity: 'job' | 'batch'): Promise<string[]> {
  const { rows } = await pool().query<{ edge: string }>('select edge from seen_transition where entity = $1', [entity]);
  return rows.map((row) => row.edge).sort();
}
