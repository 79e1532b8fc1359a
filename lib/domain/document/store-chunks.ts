import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { asDuplicate, claimText, type Duplicate, giveUp, lockDocument } from './duplicates';
import { termsOf, wordsOf } from './terms';

const ROWS_PER_STATEMENT = 500;

interface DocumentChunks {
  jobId: string;
  batchId: string | null;
  title: string;
  model: string;
  /** of the text; without it the document takes no part in deduplication */
  fingerprint?: string;
  /** in reading order, each with its unit-length vector */
  chunks: readonly { text: string; embedding: Float32Array }[];
}

/**
 * Replaces the chunks of a job in one transaction, so that it is idempotent, also for concurrent runs.
 * @returns the duplicate, if another job stored the same text meanwhile
 */
export async function storeChunks(
  context: Context,
  document: DocumentChunks,
  signal?: AbortSignal,
): Promise<Duplicate | undefined> {
  return transaction(async ({ db }) => {
    const { fingerprint } = document;
    const key = fingerprint === undefined ? undefined : { ...document, fingerprint };
    await lockDocument(db, context, document);
    const duplicate = key && (await asDuplicate(db, context, key));
    if (duplicate) return duplicate;
    await giveUp(db, context, document.jobId, key);
    if (key) await claimText(db, context, key);
    for (let from = 0; from < document.chunks.length; from += ROWS_PER_STATEMENT) {
      signal?.throwIfAborted();
      await insertRows(db, context, document, from);
    }
    return undefined;
  });
}

async function insertRows(db: Queryable, context: Context, document: DocumentChunks, from: number): Promise<void> {
  const rows = document.chunks.slice(from, from + ROWS_PER_STATEMENT);
  await db.query(
    sql`insert into document_chunk
            (organization_id, job_id, batch_id, position, title, text, model, dimensions, embedding, terms, tx)
     select ${context.organizationId}, ${document.jobId}, ${document.batchId}, ${from}::int + n::int - 1, ${document.title}, text, ${document.model}, octet_length(embedding) / 4, embedding, terms::int[],
            pg_current_xact_id()::text::bigint
       from unnest(${rows.map((row) => row.text)}::text[], ${rows.map((row) => littleEndian(row.embedding))}::bytea[], ${rows.map((row) => `{${termsOf(wordsOf(`${document.title} ${row.text}`)).join(',')}}`)}::text[]) with ordinality as given (text, embedding, terms, n)`,
  );
}

/** Float32 as stored: little-endian on every machine. */
function littleEndian(vector: Float32Array): Buffer {
  const buffer = Buffer.allocUnsafe(vector.length * 4);
  for (const [i, x] of vector.entries()) buffer.writeFloatLE(x, i * 4);
  return buffer;
}
