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

/** Returns the embedder for new documents: the configured endpoint, or the local embedder. */
export const currentEmbedder = (): Embedder => remoteEmbedder() ?? localHashEmbedder;

/** Returns the embedder of a model, to compare a question with its vectors; undefined if it is no longer configured. */
export function embedderOf(model: string): Embedder | undefined {
  return [localHashEmbedder, remoteEmbedder()].find((embedder) => embedder?.model === model);
}
