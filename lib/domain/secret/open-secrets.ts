import { isWithin, readOrigin, type SecretOrigin } from '@/lib/contracts/secret';
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
 * The values of secrets, for the product's own work only: no route may answer with them.
 * Names that don't exist are missing from the answer.
 * @throws DomainError `forbidden` for anyone but the product; `unavailable` without their key
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

/** Whether a row may send a secret to an address: scheme, host and port count. */
export const mayGoTo = ({ hosts }: OpenSecret, url: URL): boolean =>
  origins(hosts).some((origin) => isWithin(origin, url));

/** Whether a redirect may take a secret to an address: where `*` allows rows all, a server may not choose for them. */
export const mayBeTakenTo = ({ hosts }: OpenSecret, url: URL): boolean =>
  origins(hosts).some((origin) => !origin.any && isWithin(origin, url));
