import { env } from '@/lib/config/env';
import type { Embedder } from './embedder';
import { localHashEmbedder } from './local-hash';
import { OpenAiEmbedder } from './openai';

let remote: Embedder | undefined;

function remoteEmbedder(): Embedder | undefined {
  const { EMBEDDING_BASE_URL: baseUrl, EMBEDDING_API_KEY: apiKey, EMBEDDING_MODEL: model } = env();
  if (!baseUrl) return undefined;
  remote ??= new OpenAiEmbedder({ baseUrl, apiKey, model });
  return remote;
}

/** Makes the vectors of new documents: the configured endpoint, or the local embedder. */
export const currentEmbedder = (): Embedder => remoteEmbedder() ?? localHashEmbedder;

/** The embedder that made vectors of this model, so that a question can be compared with them; undefined if it is gone. */
export function embedderOf(model: string): Embedder | undefined {
  return [localHashEmbedder, remoteEmbedder()].find((embedder) => embedder?.model === model);
}
