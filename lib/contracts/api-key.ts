import { z } from 'zod';
import { text } from './text';

export const createApiKeyBody = z.strictObject({
  name: text(100).min(1),
  role: z.enum(['admin', 'member']).default('member'),
  expiresAt: z.iso.datetime({ offset: true }).optional().describe('never, when absent'),
});
export type CreateApiKeyBody = z.infer<typeof createApiKeyBody>;

/** A key as it is listed: never the key itself. */
export interface ApiKeyDto {
  id: string;
  name: string;
  /** first characters, to recognise it */
  start: string;
  role: 'admin' | 'member';
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
}
