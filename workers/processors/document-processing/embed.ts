import { currentEmbedder } from '@/lib/domain/document/embedders/current-embedder';
import { type Embedder, EmbedderBusyError, EmbedderRefusedError } from '@/lib/domain/document/embedders/embedder';
import { Gatherer } from '@/lib/job-types/gatherer';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';

/** Chunks of a document that are embedded before its progress is reported. */
const GROUP = 64;
/** How long texts wait for those of other documents: little, compared with a call over a network. */
const MAX_WAIT_MS = 10;

export interface Embedded {
  model: string;
  dimensions: number;
  embeddings: Float32Array[];
}

interface EmbedOptions {
  /** texts of different organizations are never in one call */
  organizationId: string;
  signal: AbortSignal;
  onProgress(done: number): void;
  onTokens?: ((tokens: number) => void) | undefined;
}

/**
 * Returns the embeddings of a document's chunks. Each chunk is embedded together with the title, which often gives a
 * passage its context.
 * @throws RetryLaterError when the endpoint sends Retry-After; PermanentError when it refuses
 */
export async function embedChunks(
  title: string,
  chunks: readonly string[],
  { organizationId, signal, onProgress, onTokens }: EmbedOptions,
): Promise<Embedded> {
  const embedder = currentEmbedder();
  const embeddings: Float32Array[] = [];
  try {
    for (let from = 0; from < chunks.length; from += GROUP) {
      const texts = chunks
        .slice(from, from + GROUP)
        .map((text) => (text.startsWith(title) ? text : `${title}\n${text}`));
      embeddings.push(...(await embedTogether(embedder, organizationId, { texts, signal, onTokens })));
      onProgress(embeddings.length);
    }
  } catch (cause) {
    if (cause instanceof EmbedderRefusedError) throw new PermanentError(cause.message, 'embedding-refused', { cause });
    if (cause instanceof EmbedderBusyError && cause.retryAfterMs !== undefined) {
      throw new RetryLaterError(cause.message, cause.retryAfterMs, cause.code, { cause });
    }
    throw cause;
  }
  return { model: embedder.model, dimensions: embedder.dimensions, embeddings };
}

/** Texts of one document. */
interface Texts {
  texts: string[];
  signal: AbortSignal;
  onTokens?: ((tokens: number) => void) | undefined;
}

type Vectors = Float32Array[];

const gatherers = new WeakMap<Embedder, Gatherer<Texts, Vectors>>();

/** Embeds texts in one call with those that other documents of the organization have at the same moment. */
function embedTogether(embedder: Embedder, organizationId: string, document: Texts): Promise<Vectors> {
  const { texts, signal, onTokens } = document;
  const { call } = embedder;
  // Without a call over a network there is nothing to save.
  if (!call) return embedder.embed(texts, signal, onTokens);
  let gatherer = gatherers.get(embedder);
  if (!gatherer) {
    gatherer = new Gatherer<Texts, Vectors>({
      maxWaitMs: MAX_WAIT_MS,
      maxWeight: 1,
      weightOf: (one) => Math.max(one.texts.length / call.texts, charactersOf(one) / call.characters),
      leavesCall: true,
      call: (documents, all) => embedAll(embedder, documents, all),
    });
    gatherers.set(embedder, gatherer);
  }
  return gatherer.add(organizationId, document, signal);
}

async function embedAll(
  embedder: Embedder,
  documents: readonly Texts[],
  signal: AbortSignal,
): Promise<(Vectors | Error)[]> {
  const texts = documents.flatMap((document) => document.texts);
  const lengths = documents.map(charactersOf);
  try {
    const vectors = await embedder.embed(texts, signal, (tokens) => {
      for (const [i, part] of shares(tokens, lengths).entries()) documents[i]?.onTokens?.(part);
    });
    return documents.map((document) => vectors.splice(0, document.texts.length));
  } catch (error) {
    if (documents.length === 1 || !mayBeOneText(error)) throw error;
    return Promise.all(
      documents.map((one) => embedder.embed(one.texts, one.signal, one.onTokens).catch((own: Error) => own)),
    );
  }
}

/** Whether a text of one document may be the reason. An endpoint that is away, or asks to wait, is it for all of them. */
const mayBeOneText = (error: unknown): boolean =>
  error instanceof EmbedderRefusedError ||
  (error instanceof EmbedderBusyError && error.answered && error.retryAfterMs === undefined);

const charactersOf = ({ texts }: Pick<Texts, 'texts'>): number => texts.reduce((sum, text) => sum + text.length, 0);

/** Shares out whole numbers, such as tokens, by length. The sum of the shares is exact. */
export function shares(total: number, lengths: readonly number[]): number[] {
  const all = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  let given = 0;
  return lengths.map((length) => {
    before += length;
    const upTo = before === all ? total : Math.round((total * before) / all);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
