import { pool } from '@/lib/db';
import { LONGEST_STORE_SECONDS } from './store-chunks';
import type { TopK } from './top-k';
import { dot, VectorSet } from './vector-set';

/** What all sets together may take. Beyond it, the rest is read from the database by each search. */
const BUDGET_BYTES = 256 * 1024 * 1024;
const PAGE = 2048;

interface Entry {
  set: VectorSet;
  /** the searches of one set take turns in reading what is new */
  turn: Promise<unknown>;
}

/** In the order of their last use. */
const entries = new Map<string, Entry>();

export interface VectorScan {
  organizationId: string;
  model: string;
  query: Float32Array;
  batchId?: string;
  top: TopK;
}

/**
 * Offers every vector of an organisation and model: exact, not approximate. Rows are kept in memory once they are
 * old enough that none with a smaller id can still appear; newer ones, and those beyond the budget, are read in pages.
 */
export async function scanVectors(scan: VectorScan): Promise<void> {
  const entry = entryOf(scan);
  const reading = entry.turn.then(() => readNew(entry.set, scan));
  // The next search waits for this turn but does not inherit its failure, which this search reports.
  entry.turn = reading.catch(() => undefined);
  await reading;
  await entry.set.scan(scan.query, scan.batchId, scan.top);
}

/** Forgets what is held: some of it was found to be deleted. */
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

/** Reads the rows beyond those held: settled ones are kept while there is room, the others are offered at once. */
async function readNew(set: VectorSet, { organizationId, model, query, batchId, top }: VectorScan): Promise<void> {
  let keeping = true;
  for (let after = set.lastId; ; ) {
    const rows = await page(organizationId, model, set.dimensions, after);
    for (const { id, batch, vector, settled } of rows) {
      keeping &&= settled && (!set.isFull || makeRoom(set));
      if (keeping) set.append(id, batch, vector);
      else if (batchId === undefined || batch === batchId) top.offer(id, dot(query, vector));
      after = id;
    }
    if (rows.length < PAGE) return;
  }
}

/** Drops the sets that were not used for longest until another block of this one fits. */
function makeRoom(set: VectorSet): boolean {
  const total = () => [...entries.values()].reduce((sum, entry) => sum + entry.set.bytes, 0);
  for (const [key, entry] of entries) {
    if (total() + set.blockBytes <= BUDGET_BYTES) return true;
    if (entry.set !== set) entries.delete(key);
  }
  return total() + set.blockBytes <= BUDGET_BYTES;
}

interface Row {
  id: number;
  batch: string | null;
  vector: Float32Array;
  settled: boolean;
}

async function page(organizationId: string, model: string, dimensions: number, after: number): Promise<Row[]> {
  const { rows } = await pool().query<{ id: number; batch: string | null; settled: boolean; embedding: Buffer }>(
    `select id, batch_id as batch, created_at < now() - make_interval(secs => $5) as settled, embedding
       from document_chunk
      where organization_id = $1 and model = $2 and id > $3 and dimensions = $4
      order by id limit ${PAGE}`,
    [organizationId, model, after, dimensions, LONGEST_STORE_SECONDS],
  );
  return rows.map(({ embedding, ...row }) => ({ ...row, vector: floats(embedding) }));
}

/** The copy aligns what the network delivered anywhere. */
function floats(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer);
}
