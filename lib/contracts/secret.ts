import { z } from 'zod';
import { text } from './text';

/** How rows name a secret: `{{secret:NAME}}`. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'begins with a letter and holds letters, digits and _, at most 64');

const hostPattern = z
  .string()
  .max(253)
  .regex(
    /^(\*|(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*)$/,
    'must be a host in lower case, *.domain, or * for any',
  );

export const createSecretBody = z.strictObject({
  name: secretName,
  value: text(10_000).min(8, 'must have at least 8 characters: shorter ones can’t be hidden in answers'),
  hosts: z
    .array(hostPattern)
    .min(1, 'name at least one host, or * for any')
    .max(50)
    .describe('the only hosts it is sent to; *.domain for those below a domain, * for any'),
  replace: z.boolean().default(false).describe('take the place of a secret of the same name'),
});
export type CreateSecretBody = z.infer<typeof createSecretBody>;

/** A secret as it is listed: never its value. */
export interface SecretDto {
  id: string;
  name: string;
  hosts: string[];
  createdBy: string | null;
  createdAt: string;
}
