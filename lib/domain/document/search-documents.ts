import type { SearchHit } from '@/lib/contracts/search';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import { embedderOf } from './embedders/current-embedder';
import { EmbedderBusyError, EmbedderRefusedError } from './embedders/embedder';
import { type Candidate, type Question, rank } from './rank';
import { hashOf, wordsOf } from './terms';
import { TopK } from './top-k';
import { forgetVectors, scanVectors } from './vector-cache';

const MAX_WORDS = 32;
const MAX_LIMIT = 100;
const PATIENCE_MS = 15_000;

interface SearchQuery {
  q: string;
  limit: number;
  batchId?: string | undefined;
}

/**
 * Searches the organization's chunks, best first. Each model's chunks are compared with the question embedded by that
 * model; exact words raise the score (`rank.ts`). Returns an empty list if no chunk is near enough.
 * @throws DomainError `forbidden`; `unavailable` if the model's endpoint cannot embed the question now
 */
export async function searchDocuments(context: Context, { q, limit, batchId }: SearchQuery): Promise<SearchHit[]> {
  requirePermission(context, 'document.search', 'search documents');
  // Passages have no paths, and whoever may search finds what they contain word by word.
  await requireUnredacted(context, 'search documents');
  const words = wordsOf(q).slice(0, MAX_WORDS);
  if (words.length === 0 || (batchId !== undefined && !isId(batchId))) return [];
  const wanted = Math.min(Math.max(Math.trunc(limit), 1), MAX_LIMIT);
  const batch = batchId?.toLowerCase();
  const questions = await embedQuestion(context, q);
  const scope = batch === undefined ? undefined : await scopeOf(context, batch);
  const matches = await findByWords(context.organizationId, words, scope);

  for (let fresh = false; ; fresh = true) {
    const ids = new Set(matches.ids);
    for (const [model, { vector: query }] of questions) {
      const top = new TopK(wanted * 4 + 20);
      await scanVectors({ organizationId: context.organizationId, model, query, scope, top });
      for (const { id } of top.best()) ids.add(id);
    }
    const candidates = await fetchCandidates(context, [...ids], [...matches.weights.keys()]);
    if (candidates.length === ids.size || fresh) {
      const hits = rank(candidates, questions, matches.weights).slice(0, wanted);
      return scope ? hits.map((hit) => inScope(hit, scope)) : hits;
    }
    // Some cached rows have been deleted since they were read, so the cache is read again.
    forgetVectors(context.organizationId);
  }
}

interface Scope {
  batchId: string;
  /** jobs whose chunks contain the text of the batch's duplicates → the first of those duplicates */
  duplicates: Map<string, string>;
  jobIds: string[];
  also: Set<number>;
}

/** Returns the chunks of a batch: its own, and those that its duplicates use. */
async function scopeOf({ organizationId }: Context, batchId: string): Promise<Scope> {
  const { rows } = await pool().query<{ of: string; job: string }>(
    sql`select of_job_id as of, min(job_id::text) as job from document_duplicate
      where batch_id = ${batchId} and organization_id = ${organizationId} group by of_job_id`,
  );
  const jobIds = rows.map(({ of }) => of);
  const also =
    jobIds.length === 0
      ? []
      : (await pool().query<{ id: number }>(sql`select id from document_chunk where job_id = any(${jobIds})`)).rows;
  return {
    batchId,
    duplicates: new Map(rows.map(({ of, job }) => [of, job])),
    jobIds,
    also: new Set(also.map(({ id }) => id)),
  };
}

/** Replaces the job of a hit with the batch's own job, if the chunk belongs to a job outside of the batch. */
const inScope = (hit: SearchHit, { batchId, duplicates }: Scope): SearchHit =>
  hit.batchId === batchId ? hit : { ...hit, batchId, jobId: duplicates.get(hit.jobId) ?? hit.jobId };

/** Embeds the question with each model that has chunks here and is still configured. */
async function embedQuestion(context: Context, q: string): Promise<Map<string, Question>> {
  const questions = new Map<string, Question>();
  for (const model of await modelsOf(context.organizationId)) {
    const embedder = embedderOf(model);
    if (!embedder) continue;
    try {
      const [vector] = await embedder.embed([q], AbortSignal.timeout(PATIENCE_MS));
      if (vector) questions.set(model, { vector, noise: embedder.noise });
    } catch (cause) {
      if (cause instanceof EmbedderBusyError || cause instanceof EmbedderRefusedError || isTimeout(cause)) {
        throw new DomainError('unavailable', `The question could not be embedded with ${model}: ${cause.message}`, {
          cause,
          retryAfterSeconds: Math.ceil(((cause instanceof EmbedderBusyError && cause.retryAfterMs) || 5000) / 1000),
        });
      }
      throw cause;
    }
  }
  return questions;
}

const isTimeout = (error: unknown): error is DOMException =>
  error instanceof DOMException && error.name === 'TimeoutError';

/** Finds the models with an index skip scan, instead of reading every row. */
async function modelsOf(organizationId: string): Promise<string[]> {
  const { rows } = await pool().query<{ model: string }>(
    sql`with recursive models as (
       (select model from document_chunk where organization_id = ${organizationId} order by model limit 1)
       union all
       select (select model from document_chunk
                where organization_id = ${organizationId} and model > models.model order by model limit 1)
         from models where models.model is not null
     )
     select model from models where model is not null`,
  );
  return rows.map(({ model }) => model);
}

async function fetchCandidates(context: Context, ids: number[], terms: number[]): Promise<Candidate[]> {
  const { rows } = await pool().query<Candidate>(
    sql`select id, job_id as "jobId", batch_id as "batchId", title, text, model, embedding,
            array(select unnest(terms) intersect select unnest(${terms}::int[])) as terms
       from document_chunk
      where id = any(${ids}) and organization_id = ${context.organizationId}`,
  );
  return rows;
}

/** A word that occurs in more chunks than this is too common to find any of them by itself. */
const COMMON = 100;
const TOGETHER = 200;

interface WordMatches {
  /** chunks that contain all the words, or a rare one */
  ids: Set<number>;
  /** the weight of each word, by its hash */
  weights: Map<number, number>;
}

/** Finds chunks by exact words through their index. It finds names and numbers, which vectors represent poorly. */
async function findByWords(
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
