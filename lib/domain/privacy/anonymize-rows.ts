import { DELETED_PERSON } from '@/lib/contracts/person';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { addCount, CHUNK, type GonePerson } from './gone-person';

/** Tables whose rows hold the name of who made them. */
const TABLES = {
  batches: sql`batch`,
  flows: sql`flow`,
  imports: sql`import`,
  mappings: sql`import_mapping`,
  secrets: sql`secret`,
  schedules: sql`schedule`,
  views: sql`saved_view`,
  channels: sql`notification_channel`,
  rules: sql`notification_rule`,
  bulkActions: sql`bulk_action`,
} as const;

type Kind = keyof typeof TABLES;

/** The actions whose audit entries say who made them. */
const MADE: Record<Kind, string[]> = {
  batches: ['batch.launch'],
  flows: ['flow.launch'],
  imports: ['import.create'],
  mappings: ['mapping.save'],
  secrets: ['secret.create', 'secret.replace'],
  schedules: ['schedule.create'],
  views: ['view.create'],
  channels: ['channel.create'],
  rules: ['notification-rule.create'],
  bulkActions: ['bulk-action.start'],
};

/** Rows of jobs that one statement reads. Most are children without a name of their own. */
const PAGE = 10_000;
const FIRST = { type: '', id: '00000000-0000-0000-0000-000000000000' };

/**
 * Replaces the name of a person in what they made, in small transactions that wait for no lock. What somebody else of the
 * same name made stays as it is, as far as the audit log still says who made it.
 * @returns false if rows were locked: a later round continues
 */
export async function anonymizeRows(person: GonePerson): Promise<boolean> {
  let isDone = true;
  for (const kind of Object.keys(TABLES) as Kind[]) {
    while ((await anonymizeChunk(person, kind)) === CHUNK);
    isDone &&= !(await hasNamed(person, kind));
  }
  for (const id of person.organization_ids) isDone = (await anonymizeJobs(person, id)) && isDone;
  return (await anonymizeIds(person)) && isDone;
}

/** Whether the person made a row `t`: it has one of their names, and no entry says that it was somebody else. */
const isTheirs = ({ names, user_id: userId }: GonePerson, made: readonly string[]): Sql => sql`
  t.created_by = any(${names}::text[]) and not exists (select from audit a where a.organization_id = t.organization_id
    and a.target_id = t.id::text and a.action = any(${made}::text[]) and a.actor_id <> ${userId})`;

const anonymizeChunk = (person: GonePerson, kind: Kind): Promise<number> =>
  transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`with mine as (
            select t.id from ${TABLES[kind]} t where t.organization_id = any(${person.organization_ids}::text[])
              and ${isTheirs(person, MADE[kind])} limit ${CHUNK} for update skip locked)
          update ${TABLES[kind]} r set created_by = ${DELETED_PERSON} from mine where r.id = mine.id`,
    );
    await addCount(db, person, kind, rowCount ?? 0);
    return rowCount ?? 0;
  });

async function hasNamed(person: GonePerson, kind: Kind): Promise<boolean> {
  const { rowCount } = await pool().query(
    sql`select from ${TABLES[kind]} t where t.organization_id = any(${person.organization_ids}::text[])
          and ${isTheirs(person, MADE[kind])} limit 1`,
  );
  return (rowCount ?? 0) > 0;
}

interface JobPage {
  found: number;
  done: number;
  /** the last row that was read; null if there was none */
  type: string | null;
  id: string | null;
}

/** Walks through the jobs of an organization in the order of an index, because nothing finds them by name. */
async function anonymizeJobs(person: GonePerson, organizationId: string): Promise<boolean> {
  let isDone = true;
  let after = FIRST;
  for (;;) {
    const { found, done, type, id } = await transaction(async ({ db }) => {
      const page = await anonymizeJobPage(db, person, organizationId, after);
      await addCount(db, person, 'jobs', page.done);
      return page;
    });
    isDone &&= found === done;
    if (type === null || id === null) return isDone;
    after = { type, id };
  }
}

async function anonymizeJobPage(
  db: Queryable,
  person: GonePerson,
  organizationId: string,
  after: typeof FIRST,
): Promise<JobPage> {
  const { rows } = await db.query<JobPage>(
    sql`with page as materialized (
          select j.id, j.type, j.created_by, j.organization_id from job j
          where j.organization_id = ${organizationId} and (j.type, j.id) > (${after.type}::text, ${after.id}::uuid)
          order by j.type, j.id limit ${PAGE}),
        mine as (select t.id from page t where ${isTheirs(person, ['job.launch'])}),
        free as (select j.id from job j join mine on mine.id = j.id for update of j skip locked),
        done as (update job j set created_by = ${DELETED_PERSON} from free where j.id = free.id returning 1)
        select (select count(*)::int from mine) as found, (select count(*)::int from done) as done,
          (select p.type from page p order by p.type desc, p.id desc limit 1) as type,
          (select p.id from page p order by p.type desc, p.id desc limit 1) as id`,
  );
  return rows[0] ?? { found: 0, done: 0, type: null, id: null };
}

/** Replaces the id of the person where rows hold it. */
const anonymizeIds = (person: GonePerson): Promise<boolean> =>
  transaction(async ({ db }) => {
    const { user_id: userId, alias, organization_ids: organizationIds } = person;
    const keys = await db.query(sql`update api_key set created_by = ${alias} where created_by = ${userId}`);
    await addCount(db, person, 'apiKeys', keys.rowCount ?? 0);
    await db.query(sql`update work_pause set paused_by = ${alias} where paused_by = ${userId}`);
    await db.query(sql`update schedule set created_by_id = ${alias} where created_by_id = ${userId}`);
    await db.query(sql`update notification_channel set created_by_id = ${alias} where created_by_id = ${userId}`);
    await db.query(sql`update notification_rule set created_by_id = ${alias} where created_by_id = ${userId}`);
    // Own views went with the account; shared ones stay.
    await db.query(sql`update saved_view set owner_id = ${alias} where owner_id = ${userId}`);
    // One that still runs goes on.
    await db.query(
      sql`update bulk_action set created_by_id = ${alias}, started_by = case when started_by is not null then
            json_build_object('actor', json_build_object('kind', 'user', 'id', ${alias}::text, 'name', ${DELETED_PERSON}::text)) end
          where organization_id = any(${organizationIds}::text[]) and created_by_id = ${userId}`,
    );
    await db.query(
      sql`update bulk_action set aborted_by = ${DELETED_PERSON}
          where organization_id = any(${organizationIds}::text[]) and aborted_by = any(${person.names}::text[])`,
    );
    const files = await db.query(
      sql`with mine as (select f.id from file f where f.organization_id = any(${organizationIds}::text[])
            and f.created_by = ${userId} limit ${CHUNK} for update skip locked)
          update file f set created_by = ${alias} from mine where f.id = mine.id`,
    );
    await addCount(db, person, 'files', files.rowCount ?? 0);
    const { rowCount } = await db.query(
      sql`select from file f where f.organization_id = any(${organizationIds}::text[]) and f.created_by = ${userId} limit 1`,
    );
    return !rowCount;
  });
