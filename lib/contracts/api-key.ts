import { z } from 'zod';
import { time } from './fields';
import { ROLES, type Role, role } from './permissions';
import { name } from './text';

/** `member` is the former word for an operator. */
const roleOfKey = z.enum([...ROLES, 'member']).transform((value): Role => (value === 'member' ? 'operator' : value));

export const createApiKeyBody = z.strictObject({
  name: name(100),
  role: roleOfKey.default('operator'),
  expiresAt: z.iso.datetime({ offset: true }).optional().describe('never, when absent'),
});
export type CreateApiKeyBody = z.infer<typeof createApiKeyBody>;

const apiKeyDto = z
  .object({
    id: z.string(),
    name: z.string(),
    start: z.string().describe('the first characters, to recognize it'),
    role,
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'ApiKey', description: 'An API key in a list; the key itself is shown only once.' });
export type ApiKeyDto = z.infer<typeof apiKeyDto>;

export const apiKeyList = z.object({ apiKeys: z.array(apiKeyDto) });
export const apiKeyAnswer = z.object({ apiKey: apiKeyDto });
export const createdApiKey = z.object({ key: z.string().describe('shown only here'), apiKey: apiKeyDto });
