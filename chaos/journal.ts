import { pool } from '@/lib/db/pool';
import { BATCH_TRANSITIONS, edgesOf, JOB_TRANSITIONS, type Transitions } from '@/lib/testing/transitions';

/** The SQL condition of an update trigger: a status transition that docs/job-lifecycle.md does not allow. */
const undrawn = (transitions: Transitions) =>
  `old.status <> new.status and not old.status || ' → ' || new.status = any('{${edgesOf(transitions).join(',')}}')`;

/**
 * Records violations with triggers on every row change, in the database of a chaos run only: a job that ends twice, the
 * outcome of a stale attempt, a counter that decreases, a batch that is counted after its end, a forbidden status
 * transition.
 */
export async function openJournal(): Promise<void> {
  await pool().query(`
    create table chaos_violation (at timestamptz not null default clock_timestamp(), id uuid, why text not null);

    create function chaos_watch_job() returns trigger language plpgsql as $$
    begin
      if old.outcome is not null and new.outcome is not null and
         (old.outcome, old.finished_at, old.result::text) is distinct from (new.outcome, new.finished_at, new.result::text) then
        insert into chaos_violation (id, why) values (new.id, format('ended twice: %s, then %s', old.outcome, new.outcome));
      end if;
      if new.outcome = 'completed' and old.outcome is null and new.type = 'diagnostic'
         and (new.result->>'attempt')::int <> new.attempt then
        insert into chaos_violation (id, why)
          values (new.id, format('attempt %s ended attempt %s', new.result->>'attempt', new.attempt));
      end if;
      if new.attempt < old.attempt then
        insert into chaos_violation (id, why) values (new.id, 'the fencing token went back');
      end if;
      if ${undrawn(JOB_TRANSITIONS)} then
        insert into chaos_violation (id, why) values (new.id, format('a job went from %s to %s', old.status, new.status));
      end if;
      return null;
    end $$;
    create trigger chaos_watch_job after update on job for each row execute function chaos_watch_job();

    create function chaos_watch_batch() returns trigger language plpgsql as $$
    begin
      if new.completed < old.completed or new.run < old.run then
        insert into chaos_violation (id, why) values (new.id, 'a counter went back');
      end if;
      if old.finished_at is not null and new.finished_at is not null and new.completed <> old.completed then
        insert into chaos_violation (id, why) values (new.id, 'counted after its end');
      end if;
      if new.completed + new.failed + new.cancelled > new.total and new.sealed then
        insert into chaos_violation (id, why) values (new.id, 'more ends than children');
      end if;
      if ${undrawn(BATCH_TRANSITIONS)} then
        insert into chaos_violation (id, why) values (new.id, format('a batch went from %s to %s', old.status, new.status));
      end if;
      return null;
    end $$;
    create trigger chaos_watch_batch after update on batch for each row execute function chaos_watch_batch();`);
}

/** Returns the violations since the last call. */
export async function readJournal(): Promise<string[]> {
  const { rows } = await pool().query<{ why: string }>('delete from chaos_violation returning why');
  return rows.map((row) => row.why);
}
