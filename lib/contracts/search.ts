import { z } from 'zod';
import { text } from './text';

export const searchQuery = z.strictObject({
  q: text(1_000).trim().min(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  batchId: z.string().max(64).optional(),
});
export type SearchQuery = z.infer<typeof searchQuery>;

const searchHit = z
  .object({
    jobId: z.string(),
    batchId: z.string().nullable(),
    title: z.string(),
    text: z.string(),
    score: z.number().describe('cosine similarity, raised by exact words'),
    model: z.string().describe('the embedding model that was compared'),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof searchHit>;

export const searchHits = z.object({ hits: z.array(searchHit).describe('best first') });
export type SearchHits = z.infer<typeof searchHits>;
