import { type ChannelConfig, type ChannelDto, type CreateChannelBody, MAX_CHANNELS } from '@/lib/contracts/channel';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireOrganization } from '@/lib/domain/organization/limits/require-room';
import { auditedChannel, CHANNEL_COLUMNS, type ChannelRow, toChannelDto } from './channel-row';
import { newSecret, requireReachable, sealConfig, shownConfig } from './config';

/**
 * Creates a channel. Its addresses and its secret are stored encrypted.
 * @returns with the secret of a webhook, if it was made
 * @throws DomainError `forbidden`, `invalid-channel`, `limit-exceeded`; `unavailable` without a key for secrets
 */
export async function createChannel(
  context: Context,
  { kind, name, config: given }: CreateChannelBody,
): Promise<{ channel: ChannelDto; secret?: string }> {
  requirePermission(context, 'channel.create');
  const { organizationId, actor } = context;
  const made = kind === 'webhook' && given.secret === undefined ? newSecret() : undefined;
  const config: ChannelConfig = made === undefined ? { ...given } : { ...given, secret: made };
  const sealed = sealConfig(organizationId, config);
  await requireReachable(pool(), context, config);
  return transaction(async ({ db }) => {
    const { rows: counted } = await db.query<{ count: number }>(
      sql`select count(*)::int as count from notification_channel where organization_id = ${organizationId}`,
    );
    if (must(counted[0], 'The count of channels').count >= MAX_CHANNELS) {
      throw new DomainError('limit-exceeded', `An organization has at most ${MAX_CHANNELS} channels; delete some.`);
    }
    const { rows } = await db.query<ChannelRow>(
      sql`insert into notification_channel as c (id, organization_id, kind, name, sealed, shown, created_by, created_by_id)
       values (${newId()}::uuid, ${organizationId}, ${kind}, ${name}, ${sealed}, ${stringifyJson(shownConfig(kind, config))}::json,
         ${actor.name}, ${actor.id}) returning ${CHANNEL_COLUMNS}`,
    );
    const row = must(rows[0], 'The channel');
    await requireOrganization(db, context);
    await audit(db, context, 'channel.create', { kind: 'channel', id: row.id, name }, { after: auditedChannel(row) });
    return { channel: toChannelDto(row), ...(made === undefined ? {} : { secret: made }) };
  });
}
