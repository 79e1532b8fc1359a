import type { SearchHit } from '@/lib/contracts/search';
import { clip } from './clip';
import { dot } from './vector-set';

/** How far exact words can raise a score towards 1. */
const WORD_BOOST = 0.6;
/** A chunk is near if its cosine is above the model's noise, or if it holds this share of the words. */
const LEAST_WORDS = 0.25;
/** Chunks of one document among the hits, so that a long one does not crowd out the rest. */
const HITS_PER_DOCUMENT = 3;
const SNIPPET = 1000;

export interface Candidate {
  id: number;
  jobId: string;
  batchId: string | null;
  title: string;
  text: string;
  model: string;
  embedding: Buffer;
  /** which of the question's words it holds, by hash */
  terms: number[];
}

/** What is asked, as a model sees it. */
export interface Question {
  vector: Float32Array;
  /** see Embedder */
  noise: number;
}

/**
 * Orders candidates. The score is the cosine of the vectors, raised towards 1 by the share of the question's words
 * that occur in the chunk or its title, a rare word counting for more than a common one.
 */
export function rank(
  candidates: Candidate[],
  questions: ReadonlyMap<string, Question>,
  weights: ReadonlyMap<number, number>,
): SearchHit[] {
  const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const scored = candidates.map((candidate) => {
    const question = questions.get(candidate.model);
    const cosine = question ? Math.max(cosineOf(candidate, question.vector), 0) : 0;
    const words = candidate.terms.reduce((sum, term) => sum + (weights.get(term) ?? 0), 0) / whole;
    const near = words >= LEAST_WORDS || cosine >= (question?.noise ?? 1);
    return { candidate, near, score: cosine + (1 - cosine) * WORD_BOOST * words };
  });
  const nearest = scored.filter(({ near }) => near);
  nearest.sort((a, b) => b.score - a.score || a.candidate.id - b.candidate.id);
  const perDocument = new Map<string, number>();
  const hits: SearchHit[] = [];
  for (const { candidate, score } of nearest) {
    const { jobId, batchId, title, text, model } = candidate;
    const before = perDocument.get(jobId) ?? 0;
    if (before === HITS_PER_DOCUMENT) continue;
    perDocument.set(jobId, before + 1);
    hits.push({ jobId, batchId, title, text: clip(text, SNIPPET), score, model });
  }
  return hits;
}

function cosineOf({ embedding }: Candidate, query: Float32Array): number {
  if (embedding.length !== query.length * 4) return 0;
  return dot(query, new Float32Array(new Uint8Array(embedding).buffer));
}
