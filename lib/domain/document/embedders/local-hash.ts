import { hashOf, wordsOf } from '@/lib/domain/document/terms';
import { type Embedder, normalize } from './embedder';

const DIMENSIONS = 384;
/** Weights of the features. Whole words carry the meaning; their parts make similar spellings match. */
const WEIGHT = { word: 1, pair: 0.5, piece: 0.25 };
const PIECE = 4;
const SEED = { word: 1, pair: 2, piece: 3 };
/** texts that are embedded before the event loop gets a turn */
const GROUP = 16;

/**
 * Feature hashing: words, pairs of neighboring words and parts of words are hashed with a sign into 384 dimensions. It
 * needs no model, no network and no specific language. It matches spelling, not meaning.
 */
export const localHashEmbedder: Embedder = {
  model: 'local-hash-384',
  dimensions: DIMENSIONS,
  // The nearest of 100,000 unrelated texts reaches a cosine of about 0.23.
  noise: 0.24,
  async embed(texts, signal) {
    const vectors: Float32Array[] = [];
    for (const [i, text] of texts.entries()) {
      if (i % GROUP === 0) {
        await new Promise(setImmediate);
        signal.throwIfAborted();
      }
      vectors.push(hashVector(text));
    }
    return vectors;
  },
};

/** Returns the vector of one text, synchronously. */
function hashVector(text: string): Float32Array {
  const weights = new Map<number, number>();
  const count = (feature: string, seed: number, weight: number) => {
    const hash = hashOf(feature, seed);
    weights.set(hash, (weights.get(hash) ?? 0) + weight);
  };
  let previous = '';
  for (const word of wordsOf(text)) {
    const importance = importanceOf(word);
    count(word, SEED.word, WEIGHT.word * importance);
    if (previous) count(`${previous} ${word}`, SEED.pair, WEIGHT.pair * importance);
    const framed = `^${word}$`;
    for (let i = 0; i + PIECE <= framed.length; i++)
      count(framed.slice(i, i + PIECE), SEED.piece, WEIGHT.piece * importance);
    previous = word;
  }
  const vector = new Float32Array(DIMENSIONS);
  for (const [hash, weight] of weights) {
    const slot = (hash >>> 1) % DIMENSIONS;
    // The square root limits the weight of a word that is repeated often.
    const value = Math.sqrt(weight);
    vector[slot] = (vector[slot] ?? 0) + ((hash & 1) === 1 ? value : -value);
  }
  return normalize(vector);
}

/** Short words are frequent in nearly every language (stop words), so they get a lower weight. */
function importanceOf(word: string): number {
  if (word.length <= 2) return /[^\x20-\x7e]/.test(word) ? 1 : 0.1;
  return word.length === 3 ? 0.4 : 1;
}
