import { logger } from '@/lib/config/logger';
import type { NotifyTarget } from '@/lib/contracts/channel';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { openConfig, sealConfig } from '@/lib/domain/notification/channel/config';

type Targets = readonly NotifyTarget[] | undefined;

/** Returns receivers as they are stored in what is launched later, shown and exported: without secrets. */
export const withoutSecrets = (targets: readonly NotifyTarget[]): NotifyTarget[] =>
  targets.map((target) => ('url' in target ? { url: target.url } : target));

/**
 * Keeps the secrets of receivers for launches that come later, encrypted. An address that is named again without a secret
 * keeps the one that it has.
 * @param ownerId the schedule or the import that launches later
 * @throws DomainError `unavailable` without a key for secrets
 */
export async function keepSecrets(
  db: Queryable,
  { organizationId }: Context,
  ownerId: string,
  targets: Targets,
): Promise<void> {
  const before = await readSecrets(db, organizationId, ownerId);
  await db.query(sql`delete from notification_target where owner_id = ${ownerId}::uuid`);
  for (const [position, target] of (targets ?? []).entries()) {
    if (!('url' in target)) continue;
    const { url, secret = before.get(url) } = target;
    if (secret === undefined) continue;
    await db.query(
      sql`insert into notification_target (owner_id, position, organization_id, sealed, shown)
       values (${ownerId}::uuid, ${position}::int, ${organizationId}, ${sealConfig(organizationId, { url, secret })}::bytea, ${new URL(url).host})`,
    );
  }
}

/** Returns receivers with the secrets that were kept for them, for the launch. */
export async function withSecrets(
  db: Queryable,
  { organizationId }: Context,
  ownerId: string,
  targets: Targets,
): Promise<NotifyTarget[] | undefined> {
  if (!targets?.some((target) => 'url' in target)) return targets && [...targets];
  const kept = await readSecrets(db, organizationId, ownerId);
  return targets.map((target) => {
    const secret = 'url' in target ? kept.get(target.url) : undefined;
    return 'url' in target && secret !== undefined ? { url: target.url, secret } : target;
  });
}

/** Reads the kept secrets, by address. */
async function readSecrets(db: Queryable, organizationId: string, ownerId: string): Promise<Map<string, string>> {
  const { rows } = await db.query<{ sealed: Buffer }>(
    sql`select t.sealed from notification_target t
     where t.owner_id = ${ownerId}::uuid and t.organization_id = ${organizationId} and t.sealed is not null order by t.position`,
  );
  const secrets = new Map<string, string>();
  for (const { sealed } of rows) {
    try {
      const { url, secret } = openConfig(organizationId, sealed);
      if (url !== undefined && secret !== undefined) secrets.set(url, secret);
    } catch (err) {
      // What is launched matters more than how its message is signed.
      logger.warn(
        { err, ownerId },
        'The secret of an address can’t be read. The organization’s own signs the messages to it until it is given again.',
      );
    }
  }
  return secrets;
}
