import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { TopK } from './top-k';
import { type BatchScope, type Cursor, dot, type VectorRow, VectorSet } from './vector-set';

/** The memory budget of all sets together. Each search reads the rows beyond it from the database. */
const BUDGET_BYTES = 256 * 1024 * 1024;
const PAGE = 2048;

interface Entry {
  set: VectorSet;
  /** searches of one set read new rows one after another */
  turn: Promise<unknown>;
}

/** In the order of the last use (LRU). */
const entries = new Map<string, Entry>();

export interface VectorScan {
  organizationId: string;
  model: string;
  query: Float32Array;
  scope?: BatchScope | undefined;
  top: TopK;
}

/**
 * Offers every vector of an organization and model: exact search, not approximate. A row is cached when no open
 * transaction can still insert a row before it. The other rows, and those beyond the memory budget, are read in pages
 * each time.
 */
export async function scanVectors(scan: VectorScan): Promise<void> {
  const entry = entryOf(scan);
  const reading = entry.turn.then(() => readNew(entry.set, scan));
  // The next search waits for this one, but does not get its error: this search reports it.
  entry.turn = reading.catch(() => undefined);
  await reading;
  await entry.set.scan(scan.query, scan.scope, scan.top);
}

/** Clears the cache of an organization, because some cached rows were deleted. */
export function forgetVectors(organizationId: string): void {
  for (const key of entries.keys()) {
    if (key.startsWith(`${organizationId}\n`)) entries.delete(key);
  }
}

function entryOf({ organizationId, model, query }: VectorScan): Entry {
  const key = `${organizationId}\n${query.length}\n${model}`;
  const entry = entries.get(key) ?? { set: new VectorSet(query.length), turn: Promise.resolve() };
  entries.delete(key);
  entries.set(key, entry);
  return entry;
}

/**
 * Reads the rows after the cached ones. Rows of settled transactions are cached while memory is left; the others are
 * only offered.
 */
async function readNew(set: VectorSet, { organizationId, model, query, scope, top }: VectorScan): Promise<void> {
  const settled = await oldestOpenTransaction();
  let keeping = true;
  for (let after: Cursor = set.cursor; ; ) {
    const rows = await page(organizationId, model, set.dimensions, after);
    for (const row of rows) {
      keeping &&= row.tx < settled && (!set.isFull || makeRoom(set));
      if (keeping) set.append(row);
      else if (!scope || row.batch === scope.batchId || scope.also.has(row.id))
        top.offer(row.id, dot(query, row.vector));
      after = row;
    }
    if (rows.length < PAGE) return;
  }
}

/** Returns the oldest open transaction. The result of every older one is final: it is visible, or was rolled back. */
async function oldestOpenTransaction(): Promise<number> {
  const { rows } = await pool().query<{ xmin: number }>(
    sql`select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin`,
  );
  return must(rows[0], 'The snapshot of a transaction').xmin;
}

/** Evicts the least recently used sets until one more block of this set fits. */
function makeRoom(set: VectorSet): boolean {
  const total = () => [...entries.values()].reduce((sum, entry) => sum + entry.set.bytes, 0);
  for (const [key, entry] of entries) {
    if (total() + set.blockBytes <= BUDGET_BYTES) return true;
    if (entry.set !== set) entries.delete(key);
  }
  return total() + set.blockBytes <= BUDGET_BYTES;
}

async function page(organizationId: string, model: string, dimensions: number, after: Cursor): Promise<VectorRow[]> {
  const { rows } = await pool().query<Cursor & { batch: string | null; embedding: Buffer }>(
    sql`select tx, id, batch_id as batch, embedding
       from document_chunk
      where organization_id = ${organizationId} and model = ${model} and (tx, id) > (${after.tx}::bigint, ${after.id}::bigint) and dimensions = ${dimensions}
      order by tx, id limit ${PAGE}`,
  );
  return rows.map(({ tx, id, batch, embedding }) => ({ tx, id, batch, vector: floats(embedding) }));
}

/** The copy aligns the numbers to 4 bytes, as Float32Array requires. */
function floats(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer);
}
