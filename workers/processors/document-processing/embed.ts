import { currentEmbedder } from '@/lib/domain/document/embedders/current-embedder';
import { EmbedderBusyError, EmbedderRefusedError } from '@/lib/domain/document/embedders/embedder';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';

const GROUP = 64;

export interface Embedded {
  model: string;
  dimensions: number;
  embeddings: Float32Array[];
}

/**
 * Returns the embeddings of a document's chunks. Each chunk is embedded together with the title, which often gives a
 * passage its context.
 * @throws RetryLaterError when the endpoint sends Retry-After; PermanentError when it refuses
 */
export async function embedChunks(
  title: string,
  chunks: readonly string[],
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Embedded> {
  const embedder = currentEmbedder();
  const embeddings: Float32Array[] = [];
  try {
    for (let from = 0; from < chunks.length; from += GROUP) {
      const texts = chunks
        .slice(from, from + GROUP)
        .map((text) => (text.startsWith(title) ? text : `${title}\n${text}`));
      embeddings.push(...(await embedder.embed(texts, signal)));
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
