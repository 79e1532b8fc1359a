import { pool } from '@/lib/db/pool';
import { hashOf } from './terms';

/** A word in more chunks than this says little about any of them. */
const COMMON = 100;
const TOGETHER = 200;

export interface WordMatches {
  /** chunks that hold all the words, or a rare one */
  ids: Set<number>;
  /** how much each word's presence says, by its hash */
  weights: Map<number, number>;
}

/** Finds chunks by exact words, through their index: what a vector blurs, such as a name or a number. */
export async function findByWords(
  organizationId: string,
  words: string[],
  scope?: { batchId: string; jobIds: string[] },
): Promise<WordMatches> {
  const terms = [...new Set(words.map((word) => hashOf(word)))];
  const where = `organization_id = $1 and ($2::uuid is null or batch_id = $2 or job_id = any($4::uuid[]))`;
  const given = [organizationId, scope?.batchId ?? null, terms, scope?.jobIds ?? []];
  const [together, each] = await Promise.all([
    pool().query<{ id: number }>(
      `select id from document_chunk where ${where} and terms @> $3::int[] limit ${TOGETHER}`,
      given,
    ),
    pool().query<{ term: number; id: number }>(
      `select term, found.id
         from unnest($3::int[]) as term
        cross join lateral (
          select id from document_chunk where ${where} and terms @> array[term] limit ${COMMON + 1}
        ) as found`,
      given,
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
