/** Converts texts to vectors of unit length. It is deterministic: the same text gets the same vector. */
export interface Embedder {
  /** stored with every vector, because only vectors of the same model can be compared */
  readonly model: string;
  /** 0 until a remote model has responded for the first time */
  readonly dimensions: number;
  /** a cosine below this value may be coincidence */
  readonly noise: number;
  /**
   * What one call over a network takes at most, where each call costs time: texts of several documents may share one.
   * Undefined for an embedder that makes no calls
   */
  readonly call?: { texts: number; characters: number };
  /**
   * Returns one vector per text, in the same order.
   * @param onTokens called with the tokens of each answer, if the model says how many it used
   */
  embed(texts: readonly string[], signal: AbortSignal, onTokens?: (tokens: number) => void): Promise<Float32Array[]>;
}

/** The endpoint asked to try later, or is unreachable: a retry may succeed. */
export class EmbedderBusyError extends Error {
  override name = 'EmbedderBusyError';
  readonly code = 'embedding-unavailable';
  /** it is not away: it answered, with a failure */
  readonly answered: boolean;

  constructor(
    message: string,
    /** the requested wait in milliseconds; undefined if the endpoint sent none */
    readonly retryAfterMs?: number,
    { answered = false, ...options }: ErrorOptions & { answered?: boolean } = {},
  ) {
    super(message, options);
    this.answered = answered;
  }
}

/** The endpoint rejects the request or sends an invalid response: a retry does not help. */
export class EmbedderRefusedError extends Error {
  override name = 'EmbedderRefusedError';
}

/** Normalizes a vector to length 1 in place. A zero vector stays unchanged. */
export function normalize(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  if (sum === 0) return vector;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return vector;
}
