import { z } from 'zod';
import { exponential } from '@/lib/contracts/backoff';
import { retryAfterMs } from '@/lib/contracts/retry-after';
import { jsonOf, wordsOf } from '@/lib/outbound/answer-words';
import { pause } from '@/lib/outbound/pause';
import { withoutKey } from '@/lib/outbound/redact';
import { tokensOf } from '@/lib/outbound/token-usage';
import { type Embedder, EmbedderBusyError, EmbedderRefusedError, normalize } from './embedder';

export interface EndpointOptions {
  /** for example https://api.openai.com/v1 */
  baseUrl: string;
  apiKey?: string | undefined;
  model: string;
  /** the maximum number of texts per request */
  maxInputs?: number;
  /** how many characters the texts of several documents have at most that share a request */
  maxCharacters?: number;
  timeoutMs?: number;
  /** the longest Retry-After that is waited for here; a longer one is thrown as EmbedderBusyError */
  patienceMs?: number;
}

const answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** Statuses after which a retry may succeed. */
const TRANSIENT = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);
const MAX_WAITS = 5;
/** The first backoff delay; it doubles with each retry, and is the minimum even if Retry-After is shorter. */
const leastWait = exponential({ base: 50 });

/**
 * The client of any OpenAI-compatible `POST /embeddings`. It checks responses: count, order by index, equal dimensions,
 * finite numbers.
 */
export class OpenAiEmbedder implements Embedder {
  readonly model: string;
  dimensions = 0;
  readonly noise = 0.15;
  readonly call: { texts: number; characters: number };
  readonly #options: Required<Omit<EndpointOptions, 'apiKey'>> & Pick<EndpointOptions, 'apiKey'>;

  constructor(options: EndpointOptions) {
    this.model = options.model;
    this.#options = { maxInputs: 64, maxCharacters: 200_000, timeoutMs: 60_000, patienceMs: 15_000, ...options };
    this.call = { texts: this.#options.maxInputs, characters: this.#options.maxCharacters };
  }

  async embed(
    texts: readonly string[],
    signal: AbortSignal,
    onTokens?: (tokens: number) => void,
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    const { maxInputs } = this.#options;
    for (let i = 0; i < texts.length; i += maxInputs) {
      vectors.push(...(await this.#retryWhileBusy(texts.slice(i, i + maxInputs), signal, onTokens)));
    }
    return vectors;
  }

  /** Sends one request, and repeats it while the endpoint asks for a short wait. */
  async #retryWhileBusy(
    inputs: readonly string[],
    signal: AbortSignal,
    onTokens: ((tokens: number) => void) | undefined,
  ): Promise<Float32Array[]> {
    for (let waits = 0; ; waits++) {
      try {
        return await this.#request(inputs, signal, onTokens);
      } catch (error) {
        const wait = error instanceof EmbedderBusyError ? error.retryAfterMs : undefined;
        if (wait === undefined || wait > this.#options.patienceMs || waits === MAX_WAITS) throw error;
        await pause(Math.max(wait, leastWait(waits + 1)), signal);
      }
    }
  }

  async #request(
    inputs: readonly string[],
    signal: AbortSignal,
    onTokens: ((tokens: number) => void) | undefined,
  ): Promise<Float32Array[]> {
    const { baseUrl, apiKey, timeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let wait: number | undefined;
    let body: string;
    try {
      const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/embeddings`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model: this.model, input: inputs, encoding_format: 'float' }),
        signal: AbortSignal.any([signal, timeout]),
        // The API key is sent to the configured address only, so redirects are not followed.
        redirect: 'manual',
      });
      status = response.status;
      wait = retryAfterMs(response.headers);
      body = await response.text();
    } catch (cause) {
      signal.throwIfAborted();
      const what = timeout.aborted
        ? `did not answer within ${timeoutMs / 1000} s`
        : `is out of reach (${reason(cause)})`;
      throw new EmbedderBusyError(`The embedding endpoint ${what}.`, undefined, { cause });
    }
    if (status !== 200) throw refusal(status, withoutKey('EMBEDDING_API_KEY', apiKey, body), wait);
    const json = jsonOf(body);
    const tokens = tokensOf(json);
    if (tokens !== undefined) onTokens?.(tokens);
    return this.#read(json, inputs.length);
  }

  #read(json: unknown, count: number): Float32Array[] {
    if (json === undefined)
      throw new EmbedderBusyError(
        'The embedding endpoint answered 200 with a body that is no JSON, or was cut.',
        undefined,
        { answered: true },
      );
    const parsed = answer.safeParse(json);
    if (!parsed.success)
      throw new EmbedderRefusedError('The embedding endpoint answered 200 with a body that is no embedding list.');
    const vectors: Float32Array[] = new Array(count);
    for (const { index, embedding } of parsed.data.data) vectors[index] = normalize(Float32Array.from(embedding));
    if (parsed.data.data.length !== count || vectors.length !== count || Object.keys(vectors).length !== count) {
      throw new EmbedderRefusedError(
        `The embedding endpoint answered ${count} texts with ${parsed.data.data.length} vectors, or numbered them wrongly.`,
      );
    }
    for (const vector of vectors) this.#check(vector);
    return vectors;
  }

  #check(vector: Float32Array): void {
    this.dimensions ||= vector.length;
    if (vector.length !== this.dimensions) {
      throw new EmbedderRefusedError(
        `The embedding endpoint gave vectors of ${vector.length} and of ${this.dimensions} dimensions for one model.`,
      );
    }
    if (!vector.every(Number.isFinite)) {
      throw new EmbedderRefusedError('The embedding endpoint gave a vector with numbers that are too large.');
    }
  }
}

function refusal(status: number, body: string, wait: number | undefined): Error {
  if (status >= 300 && status < 400)
    return new EmbedderRefusedError(
      `The embedding endpoint answered ${status}, a redirect, which is not followed. EMBEDDING_BASE_URL must name the address itself.`,
    );
  const message = `The embedding endpoint answered ${status}${wordsOf(body)}.`;
  return TRANSIENT.has(status)
    ? new EmbedderBusyError(message, wait, { answered: true })
    : new EmbedderRefusedError(message);
}

function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}
