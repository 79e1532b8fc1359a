import type { SearchHit } from '@/lib/contracts/search';
import { clip } from './clip';
import { dot } from './vector-set';

/** The maximum effect of exact words: how far they can raise a score towards 1. */
const WORD_BOOST = 0.6;
/** A chunk is a hit if its cosine is above the model's noise, or if it contains this share of the question's words. */
const LEAST_WORDS = 0.25;
/** The maximum number of hits per document, so that a long document does not fill the result. */
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
  /** the words of the question that the chunk contains, by hash */
  terms: number[];
}

/** The question, embedded by one model. */
export interface Question {
  vector: Float32Array;
  /** see Embedder */
  noise: number;
}

/**
 * Ranks candidates. The score is the cosine of the vectors, raised towards 1 by the share of the question's words that
 * occur in the chunk or its title. Rare words have more weight than common ones.
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
