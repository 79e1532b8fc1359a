import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { hashOf } from './terms';

/** A word that occurs in more chunks than this is too common to find any of them by itself. */
const COMMON = 100;
const TOGETHER = 200;

export interface WordMatches {
  /** chunks that contain all the words, or a rare one */
  ids: Set<number>;
  /** the weight of each word, by its hash */
  weights: Map<number, number>;
}

/** Finds chunks by exact words through their index. It finds names and numbers, which vectors represent poorly. */
export async function findByWords(
  organizationId: string,
  words: string[],
  scope?: { batchId: string; jobIds: string[] },
): Promise<WordMatches> {
  const terms = [...new Set(words.map((word) => hashOf(word)))];
  const batchId = scope?.batchId ?? null;
  const where = sql`organization_id = ${organizationId}
    and (${batchId}::uuid is null or batch_id = ${batchId} or job_id = any(${scope?.jobIds ?? []}::uuid[]))`;
  const [together, each] = await Promise.all([
    pool().query<{ id: number }>(
      sql`select id from document_chunk where ${where} and terms @> ${terms}::int[] limit ${TOGETHER}`,
    ),
    pool().query<{ term: number; id: number }>(
      sql`select term, found.id
         from unnest(${terms}::int[]) as term
        cross join lateral (
          select id from document_chunk where ${where} and terms @> array[term] limit ${COMMON + 1}
        ) as found`,
    ),
  ]);
  const found = new Map<number, number[]>(terms.map((term) => [term, []]));
  for (const { term, id } of each.rows) found.get(term)?.push(id);
  const rare = [...found.values()].filter((ids) => ids.length <= COMMON).flat();
  return {
    ids: new Set([...together.rows.map(({ id }) => id), ...rare]),
    weights: new Map([...found].map(([term, ids]) => [term, 1 / Math.log2(2 + ids.length)])),
  };
}
