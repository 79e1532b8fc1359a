import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import type { JobTypeState, OwnTypeError } from '@/lib/contracts/job-type';
import type { AnnouncedDefinition } from '@/lib/contracts/own-jobs';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { TAKES_WORK } from '@/lib/domain/worker/live-nodes';
import type { JobTypeDefinition } from '@/lib/job-types/definition';
import { schemaOf, setAnnounced } from '@/lib/job-types/own-types';

/** An own type as the machines announced it. */
export interface AnnouncedType {
  type: string;
  source: 'file' | 'package';
  version: string;
  state: JobTypeState;
  /** why nobody can launch it */
  unavailable?: string;
  definition: AnnouncedDefinition | null;
  error?: OwnTypeError;
  workers: { node: string; version: string; lastSeenAt: string }[];
  /** since when no running worker has it, as far as that is known */
  noWorkerSince: string | null;
}

interface Row {
  origin: string;
  path: string;
  type: string;
  source: 'file' | 'package';
  version: string;
  definition: AnnouncedDefinition | null;
  error: OwnTypeError | null;
  removed_at: Date | null;
  announced_at: Date;
  live: boolean;
}

/** A machine that has a type, or had it within the last day. */
interface Holder {
  type: string;
  version: string;
  host: string;
  /** the last heartbeat, or when it began to drain */
  seen_at: Date;
  takes_work: boolean;
}

/** Reads all own types, by name. A broken file is an entry of its own. */
export async function readTypes(): Promise<AnnouncedType[]> {
  const [{ rows }, { rows: holders }] = await Promise.all([
    pool().query<Row>(
      sql`select t.origin, t.path, t.type, t.source, t.version, t.definition, t.error, t.removed_at, t.announced_at,
         t.removed_at is null and exists (select from node n where n.own_types ->> t.type = t.version and ${TAKES_WORK}) as live
       from own_job_type t order by t.type, live desc, t.announced_at desc, t.origin, t.path`,
    ),
    pool().query<Holder>(
      sql`select e.key as type, e.value as version, n.host, coalesce(n.drain_requested_at, n.last_seen_at) as seen_at, ${TAKES_WORK} as takes_work
       from node n cross join lateral jsonb_each_text(n.own_types) e order by n.id`,
    ),
  ]);
  const types = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const key = row.error && !row.removed_at ? `${row.type} ${row.origin} ${row.path}` : row.type;
    const known = types.get(key);
    if (known) known.push(row);
    else types.set(key, [row]);
  }
  return [...types.values()].map((own) =>
    typeOf(
      own,
      holders.filter(({ type }) => type === own[0].type),
    ),
  );
}

function typeOf(rows: [Row, ...Row[]], holders: readonly Holder[]): AnnouncedType {
  const [first] = rows;
  const live = holders.filter((holder) => holder.takes_work);
  const { type, source, version, definition, error } = first;
  const broken = error && !first.removed_at ? error : undefined;
  const removed = rows.every((row) => row.removed_at);
  const unavailable = broken
    ? `Its file ${broken.file}${broken.line ? `, line ${broken.line}` : ''} can't be used: ${broken.message}`
    : removed
      ? 'Its file was removed from the folder of jobs.'
      : undefined;
  const differs = new Set(live.map((row) => row.version)).size > 1;
  return {
    type,
    source,
    version,
    definition,
    state: broken ? 'broken' : live.length === 0 ? 'no-worker' : differs ? 'differs' : 'offered',
    ...(broken ? { error: broken } : {}),
    ...(unavailable === undefined ? {} : { unavailable }),
    workers: broken
      ? []
      : live.map(({ host, version: has, seen_at: at }) => ({ node: host, version: has, lastSeenAt: at.toISOString() })),
    noWorkerSince:
      live.length > 0 ? null : latest([...holders.map((h) => h.seen_at), ...rows.map((r) => r.removed_at)]),
  };
}

const latest = (dates: readonly (Date | null)[]): string | null =>
  dates.reduce<Date | null>((last, at) => (at && (!last || at > last) ? at : last), null)?.toISOString() ?? null;

/** Reads own types, and makes them known to this process: what it validates and shows. */
export async function refreshTypes(): Promise<AnnouncedType[]> {
  const types = await readTypes();
  const usable = types.filter((type) => type.definition !== null);
  // Where one machine's file is broken and another's is not, the usable one comes last and wins.
  usable.sort((a, b) => Number(b.unavailable !== undefined) - Number(a.unavailable !== undefined));
  setAnnounced(usable.flatMap(definitionFrom));
  return types;
}

const schemas = perProcess('own-schemas', () => new Map<string, Pick<JobTypeDefinition, 'input' | 'output'>>());

function definitionFrom({ type, version, definition, unavailable }: AnnouncedType): JobTypeDefinition[] {
  if (!definition) return [];
  const { title, description, defaults, consumerConcurrency, searchable, many, inputSchema, outputSchema } = definition;
  const key = `${type} ${version}`;
  let parsed = schemas.get().get(key);
  if (!parsed) {
    try {
      parsed = { input: schemaOf(inputSchema), output: schemaOf(outputSchema) };
    } catch (error) {
      logger.error({ err: error, type }, 'The schema that a worker announced can’t be read. Its type is not offered.');
      return [];
    }
    schemas.get().set(key, parsed);
  }
  return [
    {
      type,
      title,
      description,
      ...parsed,
      defaults,
      consumerConcurrency,
      searchable,
      many,
      schemas: { input: inputSchema, output: outputSchema },
      ...(unavailable === undefined ? {} : { unavailable }),
    },
  ];
}

/** How old the knowledge of own types may be when a request is answered. */
const FRESH_MS = 1000;
const fresh = perProcess('own-types-read', () => ({ at: 0, reading: undefined as Promise<unknown> | undefined }));

/** Reads own types again if that was not done within the last second. Never throws: what was known stays. */
export async function freshTypes(): Promise<void> {
  const state = fresh.get();
  if (Date.now() - state.at < FRESH_MS) return;
  state.reading ??= refreshTypes()
    .then(
      () => {
        state.at = Date.now();
      },
      (error: unknown) => logger.warn({ err: error }, 'Own job types could not be read. The last known ones stay.'),
    )
    .finally(() => {
      state.reading = undefined;
    });
  await state.reading;
}
