import { z } from 'zod';
import { time } from './fields';
import { readOrigin } from './secret-origin';
import { text } from './text';

/** The name of a secret. Rows reference it as `{{secret:NAME}}`. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must begin with a letter and have only letters, digits and _, at most 64');

const originText = text(300)
  .transform((word) => word.trim().toLowerCase())
  .superRefine((word, check) => {
    const read = readOrigin(word);
    if ('wrong' in read) check.addIssue({ code: 'custom', message: read.wrong });
  });

export const createSecretBody = z.strictObject({
  name: secretName,
  value: text(10_000).min(8, 'must have at least 8 characters: shorter ones can’t be hidden in answers'),
  hosts: z
    .array(originText)
    .min(1, 'name at least one host, or * for any')
    .max(50)
    .describe(
      'the only origins it is sent to: https://api.example.org, http://127.0.0.1:9911, https://*.example.org; a bare host means https on its default port, * any',
    ),
  replace: z.boolean().default(false).describe('take the place of a secret of the same name'),
});
export type CreateSecretBody = z.infer<typeof createSecretBody>;

const secretDto = z
  .object({
    id: z.string(),
    name: z.string(),
    hosts: z.array(z.string()).describe('the origins that it may be sent to'),
    createdBy: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'Secret', description: 'A secret without its value, which is never returned.' });
export type SecretDto = z.infer<typeof secretDto>;

export const secretList = z.object({ secrets: z.array(secretDto) });
export type SecretList = z.infer<typeof secretList>;
export const secretAnswer = z.object({ secret: secretDto });
export type SecretAnswer = z.infer<typeof secretAnswer>;
