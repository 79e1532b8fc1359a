import pg from 'pg';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';

/** Keeps two starts from writing the same rights at the same time, at which Postgres fails one of them. */
const LOCK = 4_207_312;

/** What the product may do with a table: read and write rows. It never changes tables. */
const ROWS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Tables with fewer rights: the product cannot rewrite what the audit recorded, nor which migrations ran. */
const LIMITED: Readonly<Record<string, string[]>> = {
  audit: ['SELECT', 'INSERT'],
  _prisma_migrations: ['SELECT'],
  [`${QUEUE_SCHEMA}.migration`]: ['SELECT'],
};

interface Held {
  kind: 'table' | 'view' | 'sequence' | 'function';
  /** quoted, with its schema; a function with its arguments */
  name: string;
  /** as in {@link LIMITED} */
  key: string;
  has: string[];
}

/**
 * Gives the role of DATABASE_URL the rights that the product needs on everything that the migrations made, and takes
 * those that it must not have. Writes nothing if all is as it should be, or if both addresses use one role.
 * @param ownerUrl address of the role that owns the tables
 * @param url address that the product connects to
 * @returns the number of statements that changed rights
 */
export async function grantRights(ownerUrl: string, url: string): Promise<number> {
  if (ownerUrl === url) return 0;
  const { app } = await connected(url, (client) => one<{ app: string }>(client, 'select session_user as app'));
  return connected(ownerUrl, async (owner) => {
    const { me } = await one<{ me: string }>(owner, 'select session_user as me');
    if (me === app) return 0;
    await owner.query('begin');
    await owner.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const statements = [...(await missingAccess(owner, app)), ...(await missingRights(owner, app))];
    for (const statement of statements) await owner.query(statement);
    await owner.query('commit');
    return statements.length;
  });
}

/**
 * Refuses to migrate over what the running product could have put in the way. It may create in BullMQ's schema, and
 * a table or function there would be used by the migrations, with the rights of the owner.
 * @throws Error that names the objects
 */
export async function refuseForeignObjects(ownerUrl: string, url: string): Promise<void> {
  if (ownerUrl === url) return;
  await connected(ownerUrl, async (owner) => {
    const { rows } = await owner.query<{ name: string; role: string }>(FOREIGN, [QUEUE_SCHEMA]);
    if (rows.length === 0) return;
    const list = rows.map(({ name, role }) => `${name} (of ${role})`).join(', ');
    throw new Error(
      `The schema ${QUEUE_SCHEMA} holds what another role made: ${list}. Migrations would run it with the rights of the owner. Find out who made it; then drop it, or give it to the owner with “reassign owned”.`,
    );
  });
}

/** Sequences hold a number and run nothing. */
const FOREIGN = `
  select o.name, o.owner::regrole::text as role
  from (select relname::text as name, relnamespace as space, relowner as owner from pg_class where relkind <> 'S'
    union all select oid::regprocedure::text, pronamespace, proowner from pg_proc
    union all select typname, typnamespace, typowner from pg_type where typrelid = 0 and typelem = 0
    union all select oid::regoperator::text, oprnamespace, oprowner from pg_operator) o
  where o.space = to_regnamespace($1) and o.owner <> (select oid from pg_roles where rolname = session_user)
  order by 1 limit 10`;

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function one<R extends pg.QueryResultRow>(client: pg.Client, text: string, values: unknown[] = []): Promise<R> {
  const { rows } = await client.query<R>(text, values);
  if (!rows[0]) throw new Error('Postgres gave no answer.');
  return rows[0];
}

/** The database and its schemas. Bulk statements use temporary tables, and BullMQ makes a sequence for each queue. */
async function missingAccess(owner: pg.Client, app: string): Promise<string[]> {
  const role = owner.escapeIdentifier(app);
  const facts = await one<{ database: string; schema: string; temporary: boolean; own: boolean; queue: boolean }>(
    owner,
    `select current_database() as database, current_schema() as schema,
       has_database_privilege($1, current_database(), 'TEMPORARY') as temporary,
       has_schema_privilege($1, current_schema(), 'USAGE') as own, 
       has_schema_privilege($1, $2, 'USAGE') and has_schema_privilege($1, $2, 'CREATE') as queue`,
    [app, QUEUE_SCHEMA],
  );
  const grant = (right: string, on: string) => `grant ${right} on ${on} to ${role}`;
  return [
    ...(facts.temporary ? [] : [grant('temporary', `database ${owner.escapeIdentifier(facts.database)}`)]),
    ...(facts.own ? [] : [grant('usage', `schema ${owner.escapeIdentifier(facts.schema)}`)]),
    ...(facts.queue ? [] : [grant('usage, create', `schema ${QUEUE_SCHEMA}`)]),
  ];
}

async function missingRights(owner: pg.Client, app: string): Promise<string[]> {
  const role = owner.escapeIdentifier(app);
  const { rows } = await owner.query<Held>(HELD, [app, QUEUE_SCHEMA]);
  return rows.flatMap(({ kind, name, key, has }) => {
    const wanted = wantedFor(kind, key);
    const missing = wanted.filter((right) => !has.includes(right));
    const excess = has.filter((right) => !wanted.includes(right));
    const on = `${kind === 'view' ? 'table' : kind} ${name}`;
    return [
      ...(missing.length ? [`grant ${missing.join(', ')} on ${on} to ${role}`] : []),
      ...(excess.length ? [`revoke ${excess.join(', ')} on ${on} from ${role}`] : []),
    ];
  });
}

function wantedFor(kind: Held['kind'], key: string): string[] {
  if (kind === 'sequence') return ['SELECT', 'USAGE'];
  if (kind === 'function') return ['EXECUTE'];
  return kind === 'view' ? ['SELECT'] : (LIMITED[key] ?? ROWS);
}

/** Every table, view, sequence and function of our schemas with the rights that the role has on it. */
const HELD = `
  with spaces as (select oid, nspname from pg_namespace where nspname in (current_schema(), $2)),
  relations as (
    select case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end as kind,
      format('%I.%I', s.nspname, c.relname) as name,
      case when s.nspname = $2 then s.nspname || '.' || c.relname else c.relname end as key, c.oid
    from pg_class c join spaces s on s.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'S') and c.relowner <> (select oid from pg_roles where rolname = $1))
  select kind, name, key,
    case kind when 'sequence' then array(
      select r from unnest(array['SELECT', 'USAGE', 'UPDATE']) r where has_sequence_privilege($1, oid, r))
    else array(select r from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) r
      where has_table_privilege($1, oid, r)) end as has
  from relations
  union all
  select 'function', p.oid::regprocedure::text, '',
    case when has_function_privilege($1, p.oid, 'EXECUTE') then array['EXECUTE'] else '{}'::text[] end
  from pg_proc p join spaces s on s.oid = p.pronamespace where p.prokind = 'f' and p.proowner <> (select oid from pg_roles where rolname = $1)`;
