/** Turns texts into vectors of unit length. The same text gives the same vector, whoever asks. */
export interface Embedder {
  /** stored with every vector: only vectors of one model can be compared */
  readonly model: string;
  /** 0 until a remote model has answered for the first time */
  readonly dimensions: number;
  /** a cosine below it may be chance */
  readonly noise: number;
  /** one vector for each text, in their order */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}

/** The endpoint asks to come back later, or is out of reach. */
export class EmbedderBusyError extends Error {
  override name = 'EmbedderBusyError';
  readonly code = 'embedding-unavailable';

  constructor(
    message: string,
    /** how long it asked to wait; undefined when it did not say */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The endpoint refuses or answers nonsense; asking again does not help. */
export class EmbedderRefusedError extends Error {
  override name = 'EmbedderRefusedError';
}

/** Scales a vector to length 1 in place; a vector of zeros stays as it is. */
export function normalize(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  if (sum === 0) return vector;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return vector;
}
