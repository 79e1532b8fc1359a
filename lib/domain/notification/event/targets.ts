import type { ChannelConfig, NotifyTarget } from '@/lib/contracts/channel';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireAllowedUrl, sealConfig } from '@/lib/domain/notification/channel/config';

/**
 * Checks whom a launch wants to tell. Call it before the transaction of the launch, because names are resolved.
 * @throws DomainError `unknown-channel`, `invalid-channel` for an address that may not be called
 */
export async function requireTargets(context: Context, targets: readonly NotifyTarget[] | undefined): Promise<void> {
  // What a schedule names was checked when it was made: a channel that was deleted since holds up no launch.
  if (!targets || targets.length === 0 || context.actor.kind === 'schedule') return;
  const named = targets.flatMap((target) => ('channelId' in target && isId(target.channelId) ? target.channelId : []));
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from notification_channel where organization_id = ${context.organizationId} and id = any(${named}::uuid[])`,
  );
  const known = new Set(rows.map(({ id }) => id));
  for (const [i, target] of targets.entries()) {
    if ('url' in target) await requireAllowedUrl(target.url, `notify.${i}.url`);
    else if (!known.has(target.channelId.toLowerCase())) {
      const message = `There is no channel with the id ${target.channelId.slice(0, 64)}.`;
      throw new DomainError('unknown-channel', message, { errors: [{ path: `notify.${i}.channelId`, message }] });
    }
  }
}

/** Stores whom a launch tells, in its transaction. @param ownerId the batch, job or flow */
export async function storeTargets(
  db: Queryable,
  { organizationId }: Context,
  ownerId: string,
  targets: readonly NotifyTarget[] | undefined,
): Promise<void> {
  for (const [position, target] of (targets ?? []).entries()) {
    const channelId = 'channelId' in target ? target.channelId : null;
    if (channelId !== null && !isId(channelId)) continue;
    const config: ChannelConfig | null = 'url' in target ? { ...target } : null;
    await db.query(
      sql`insert into notification_target (owner_id, position, organization_id, channel_id, sealed, shown)
       select ${ownerId}::uuid, ${position}::int, ${organizationId}, ${channelId}::uuid, ${config && sealConfig(organizationId, config)}::bytea,
         ${'url' in target ? new URL(target.url).host : null}
       where ${channelId}::uuid is null or exists (select from notification_channel c where c.id = ${channelId}::uuid and c.organization_id = ${organizationId})`,
    );
  }
}
