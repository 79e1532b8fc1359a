import { perProcess } from '@/lib/config/per-process';
import { systemContext } from '@/lib/domain/context';
import { openSecrets } from '@/lib/domain/secret/open-secrets';
import type { JobType } from '@/lib/job-types/catalogue';
import { unknownSecret } from '@/lib/job-types/failures';
import { HiddenValues } from '@/lib/outbound/hidden-values';

/**
 * The secrets that work of one type has read in this process. They are hidden in all later attempts of the type too,
 * because its code may keep a client that was made with one.
 */
export class TypeSecrets extends HiddenValues {
  /** @throws PermanentError `unknown-secret` */
  async open(organizationId: string, name: string): Promise<string> {
    const [secret] = await openSecrets(systemContext(organizationId), [String(name)]);
    if (!secret) throw unknownSecret(String(name));
    this.hide(secret);
    return secret.value;
  }
}

const byType = perProcess('secrets-of-types', () => new Map<JobType, TypeSecrets>());

/** Returns what this process has read of secrets for a type. */
export function secretsOf(type: JobType): TypeSecrets {
  const all = byType.get();
  let secrets = all.get(type);
  if (!secrets) {
    secrets = new TypeSecrets();
    all.set(type, secrets);
  }
  return secrets;
}
