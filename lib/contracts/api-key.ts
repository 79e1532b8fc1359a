import { z } from 'zod';
import { role, time } from './fields';
import { PERMISSION_NAMES, ROLES, type Role } from './permissions';
import { name } from './text';

/** `member` is the former word for an operator. */
const roleOfKey = z.enum([...ROLES, 'member']).transform((value): Role => (value === 'member' ? 'operator' : value));

/** A rotated key works for at most this long beside its successor. */
export const MAX_OVERLAP_SECONDS = 7 * 24 * 3600;

export const createApiKeyBody = z
  .strictObject({
    name: name(100),
    role: roleOfKey.optional().describe('what it may do; operator, when role and scopes are absent'),
    scopes: z
      .array(z.enum(PERMISSION_NAMES))
      .min(1)
      .max(PERMISSION_NAMES.length)
      .optional()
      .describe('the only permissions it has, in place of a role'),
    seesPayloads: z.boolean().optional().describe('whether it sees the contents of jobs; as its maker, when absent'),
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('never, when absent'),
  })
  .refine((body) => body.role === undefined || body.scopes === undefined, {
    path: ['scopes'],
    message: 'can be given in place of role, not beside it',
  });
export type CreateApiKeyBody = z.infer<typeof createApiKeyBody>;

export const renameApiKeyBody = z.strictObject({ name: name(100) });

export const rotateApiKeyBody = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(MAX_OVERLAP_SECONDS)
    .default(0)
    .describe('how long the old value still works; 0 = not at all'),
});
export type RotateApiKeyBody = z.infer<typeof rotateApiKeyBody>;

const apiKeyDto = z
  .object({
    id: z.string(),
    name: z.string(),
    start: z.string().describe('the first characters, to recognize it'),
    role,
    scopes: z.array(z.string()).nullable().describe('the only permissions it has; null = those of its role'),
    seesPayloads: z.boolean(),
    systemAdmin: z.boolean().describe('it may also do what concerns all organizations'),
    createdBy: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
    previousUntil: time.nullable().describe('after a rotation: until when the old value works'),
  })
  .meta({ id: 'ApiKey', description: 'An API key in a list; the key itself is shown only once.' });
export type ApiKeyDto = z.infer<typeof apiKeyDto>;

export const apiKeyList = z.object({ apiKeys: z.array(apiKeyDto) });
export type ApiKeyList = z.infer<typeof apiKeyList>;
export const apiKeyAnswer = z.object({ apiKey: apiKeyDto });
export const createdApiKey = z.object({ key: z.string().describe('shown only here'), apiKey: apiKeyDto });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
