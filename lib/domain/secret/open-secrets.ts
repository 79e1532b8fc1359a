import { isWithin, readOrigin, type SecretOrigin } from '@/lib/contracts/secret-origin';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { placeOf, unseal } from './seal';

export interface OpenSecret {
  name: string;
  value: string;
  hosts: string[];
}

/**
 * Decrypts secrets, for internal use only: no route may return them. Names that do not exist are missing from the
 * result.
 * @throws DomainError `forbidden` unless the actor is `system`; `unavailable` without the key
 */
export async function openSecrets(context: Context, names: readonly string[]): Promise<OpenSecret[]> {
  if (context.actor.kind !== 'system') throw new DomainError('forbidden', 'Only work may read secrets.');
  if (names.length === 0) return [];
  const { rows } = await pool().query<{ name: string; sealed: Buffer; hosts: string[] }>(
    sql`select name, sealed, hosts from secret where organization_id = ${context.organizationId} and name = any(${names})`,
  );
  return rows.map(({ name, sealed, hosts }) => ({
    name,
    hosts,
    value: unseal(sealed, placeOf(context.organizationId, name)),
  }));
}

const origins = (hosts: readonly string[]): SecretOrigin[] =>
  hosts.map(readOrigin).filter((read): read is SecretOrigin => !('wrong' in read));

/** Returns whether a row may send a secret to an address. It compares scheme, host and port. */
export const mayGoTo = ({ hosts }: OpenSecret, url: URL): boolean =>
  origins(hosts).some((origin) => isWithin(origin, url));

/**
 * Returns whether a redirect may send a secret to an address. `*` does not count, because a server must not choose
 * where a secret goes.
 */
export const mayBeTakenTo = ({ hosts }: OpenSecret, url: URL): boolean =>
  origins(hosts).some((origin) => !origin.any && isWithin(origin, url));
