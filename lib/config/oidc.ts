import { z } from 'zod';

const role = z.enum(['viewer', 'operator', 'admin', 'owner']);
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

const provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'may have lower-case letters, digits and -'),
  name: z.string().min(1).max(60),
  issuer: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, '')),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** besides openid, email and profile */
  scopes: z.array(z.string().min(1)).default([]),
  /** domain of an e-mail address → id or short name of the organization that its people join */
  domains: z
    .record(z.string().toLowerCase().regex(DOMAIN, 'must be a domain'), z.string().min(1))
    .refine((domains) => Object.keys(domains).length > 0, 'must name a domain'),
  /** the role of people who join, unless `groups` decides */
  role: role.default('viewer'),
  groupsClaim: z.string().min(1).default('groups'),
  /** group → role; then who is in none of these groups is not admitted */
  groups: z.record(z.string(), role).optional(),
  /** for providers that check every address, but send no `email_verified` */
  emailsAreVerified: z.boolean().default(false),
  /** asks everybody for a second factor, so its people need none here */
  secondFactor: z.boolean().default(false),
});

/** A provider of single sign-on, as OIDC_PROVIDERS configures it. */
export type OidcProvider = z.infer<typeof provider>;

/** OIDC_PROVIDERS: a JSON array. Its messages never repeat a value, because it contains secrets. */
export const oidcProviders = z
  .string()
  .default('[]')
  .transform((text, check): OidcProvider[] => {
    const wrong = (message: string): never => {
      check.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch {
      return wrong('must be a JSON array; write it on one line, in single quotes');
    }
    const parsed = z.array(provider).max(20).safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return wrong(`${issue?.path.join('.') || 'the list'}: ${issue?.message}`);
    }
    const ids = parsed.data.map(({ id }) => id);
    return new Set(ids).size === ids.length ? parsed.data : wrong('has two providers with the same id');
  });
