import { z } from 'zod';
import { ERROR_CODES } from './errors';
import { count, nextCursor, role, time } from './fields';
import { idCursor } from './job-queries';
import { emailAddress } from './member';
import { text } from './text';

/** Stands wherever the name of a person stood whose account was deleted. The migrations have it too. */
export const DELETED_PERSON = 'deleted person';

const organizationName = z.object({ id: z.string(), name: z.string() });

const userDto = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    systemAdmin: z.boolean(),
    organizations: z.array(organizationName.extend({ role })),
    createdAt: time,
    lastSeenAt: time.nullable(),
  })
  .meta({ id: 'User', description: 'A person with an account, in any organization or in none.' });
export type UserDto = z.infer<typeof userDto>;

export const userList = z.object({ users: z.array(userDto).describe('the newest account first'), nextCursor });
export type UserList = z.infer<typeof userList>;

export const listUsersQuery = z.strictObject({
  q: text(200).optional().describe('a part of the name or of the e-mail address'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: idCursor.optional(),
});
export type ListUsersQuery = z.infer<typeof listUsersQuery>;

const apiKeyLeft = z.object({ id: z.string(), name: z.string(), organization: organizationName });

const deletionPreview = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
    refusal: z
      .object({ code: z.enum(ERROR_CODES), detail: z.string() })
      .nullable()
      .describe('why the account cannot be deleted now, and what to do first'),
    organizations: z.array(
      organizationName.extend({
        role,
        deleted: z.boolean().describe('it has no other member, no batch and no job: it is deleted too'),
      }),
    ),
    apiKeys: z.array(apiKeyLeft).describe('keys that the person made; they stay valid'),
    exports: count.describe('exports that the person asked for; their files are deleted'),
  })
  .meta({ id: 'AccountDeletion', description: 'What the deletion of an account would do.' });
export type DeletionPreview = z.infer<typeof deletionPreview>;
export const deletionAnswer = z.object({ deletion: deletionPreview });
export type DeletionAnswer = z.infer<typeof deletionAnswer>;

export const deletePersonBody = z.strictObject({
  email: emailAddress.describe('of the account, as a confirmation'),
});
export type DeletePersonBody = z.infer<typeof deletePersonBody>;

const deletedPerson = z
  .object({ id: z.string(), deleting: z.literal(true), apiKeys: z.array(apiKeyLeft).describe('they stay valid') })
  .meta({
    id: 'DeletedAccount',
    description: 'The account is gone. What else names the person is deleted or anonymized in the background.',
  });
export type DeletedPerson = z.infer<typeof deletedPerson>;
export const deletedAnswer = z.object({ deletion: deletedPerson });
export type DeletedAnswer = z.infer<typeof deletedAnswer>;
