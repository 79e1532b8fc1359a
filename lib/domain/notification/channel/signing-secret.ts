import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { newSecret, openConfig, sealConfig } from './config';

/**
 * Makes a new secret for the organization. It signs messages to addresses that launches name without a secret.
 * @returns the secret, which is not shown again. The one before it signs nothing any more
 * @throws DomainError `forbidden`, `reauthentication-required`; `unavailable` without a key for secrets
 */
export async function createSigningSecret(context: Context): Promise<string> {
  requirePermission(context, 'signing-secret.create');
  await requireRecentSignIn(context, 'make a signing secret');
  const secret = newSecret();
  const { organizationId } = context;
  const sealed = sealConfig(organizationId, { secret });
  await transaction(async ({ db }) => {
    await db.query(
      sql`insert into signing_secret (organization_id, sealed) values (${organizationId}, ${sealed})
       on conflict (organization_id) do update set sealed = excluded.sealed, created_at = now()`,
    );
    await audit(db, context, 'signing-secret.create', { kind: 'organization', id: organizationId });
  });
  return secret;
}

/** Returns the organization's secret for signatures. The first message makes one. @throws DomainError `unavailable` */
export async function organizationSecret(organizationId: string): Promise<string> {
  const sealed = sealConfig(organizationId, { secret: newSecret() });
  await pool().query(
    sql`insert into signing_secret (organization_id, sealed) values (${organizationId}, ${sealed}) on conflict do nothing`,
  );
  const { rows } = await pool().query<{ sealed: Buffer }>(
    sql`select sealed from signing_secret where organization_id = ${organizationId}`,
  );
  return must(openConfig(organizationId, must(rows[0], 'The signing secret').sealed).secret, 'The signing secret');
}
