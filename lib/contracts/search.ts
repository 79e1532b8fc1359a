import { z } from 'zod';
import { text } from './text';

export const searchQuery = z.strictObject({
  q: text(1_000).trim().min(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  batchId: z.string().max(64).optional(),
});
export type SearchQuery = z.infer<typeof searchQuery>;
