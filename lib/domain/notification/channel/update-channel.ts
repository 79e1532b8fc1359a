import { CHANNEL_CONFIGS, type ChannelConfig, type ChannelDto, type UpdateChannelBody } from '@/lib/contracts/channel';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { validate } from '@/lib/domain/validate';
import { auditedChannel, CHANNEL_COLUMNS, type ChannelRow, lockChannel, toChannelDto } from './channel-row';
import { openConfig, requireReachable, sealConfig, shownConfig } from './config';

/**
 * Changes a channel, or switches it on or off.
 * @throws DomainError `forbidden`, `not-found`, `invalid-channel`, `invalid-request` for a configuration of another kind
 */
export async function updateChannel(context: Context, id: string, body: UpdateChannelBody): Promise<ChannelDto> {
  requirePermission(context, 'channel.update');
  const config =
    body.config === undefined ? undefined : configOf(context, await lockChannel(pool(), context, id), body.config);
  // Names are resolved for that, so no transaction waits.
  if (config) await requireReachable(pool(), context, config);
  return transaction(async ({ db }) => {
    const before = await lockChannel(db, context, id);
    const sealed = config ? sealConfig(context.organizationId, config) : before.sealed;
    const shown = config ? shownConfig(before.kind, config) : before.shown;
    const enabled = body.enabled ?? before.disabledAt === null;
    const { rows } = await db.query<ChannelRow>(
      sql`update notification_channel c set name = ${body.name ?? before.name}, sealed = ${sealed}, shown = ${stringifyJson(shown)}::json,
         disabled_at = case when ${enabled} then null else coalesce(c.disabled_at, now()) end,
         disabled_why = case when ${enabled} then null else c.disabled_why end,
         failures = case when ${enabled} and c.disabled_at is not null then 0 else c.failures end, updated_at = now()
       where c.id = ${id}::uuid returning ${CHANNEL_COLUMNS}`,
    );
    const after = must(rows[0], 'The changed channel');
    const target = { kind: 'channel', id, name: after.name };
    await audit(db, context, 'channel.update', target, {
      before: auditedChannel(before),
      after: { ...auditedChannel(after), ...(config ? { configReplaced: true } : {}) },
    });
    return toChannelDto(after);
  });
}

function configOf(context: Context, { kind, sealed }: ChannelRow, given: unknown): ChannelConfig {
  const config: ChannelConfig = { ...validate(CHANNEL_CONFIGS[kind], given, 'The configuration') };
  if (kind !== 'webhook' || config.secret !== undefined) return config;
  const { secret } = openConfig(context.organizationId, sealed);
  return { ...config, ...(secret === undefined ? {} : { secret }) };
}
