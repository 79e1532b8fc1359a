import type { ChannelConfig, ChannelDto, ChannelKind } from '@/lib/contracts/channel';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

export const CHANNEL_COLUMNS = sql`c.id, c.kind, c.name, c.sealed, c.shown, c.failures, c.disabled_at as "disabledAt", c.disabled_why as "disabledWhy",
  c.delivered_at as "deliveredAt", c.created_by as "createdBy", c.created_at as "createdAt", c.updated_at as "updatedAt"`;

export interface ChannelRow {
  id: string;
  kind: ChannelKind;
  name: string;
  sealed: Buffer;
  shown: Omit<ChannelConfig, 'secret'>;
  failures: number;
  disabledAt: Date | null;
  disabledWhy: string | null;
  deliveredAt: Date | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
}

export const toChannelDto = (row: ChannelRow): ChannelDto => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  config: {
    ...(row.shown.url === undefined ? {} : { url: row.shown.url }),
    ...(row.shown.to === undefined ? {} : { to: row.shown.to }),
    ...(row.shown.memberIds === undefined ? {} : { memberIds: row.shown.memberIds }),
  },
  enabled: row.disabledAt === null,
  disabledAt: row.disabledAt?.toISOString() ?? null,
  disabledWhy: row.disabledWhy,
  failures: row.failures,
  deliveredAt: row.deliveredAt?.toISOString() ?? null,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/** Returns a channel of the organization, and locks it. @throws DomainError `not-found` */
export async function lockChannel(db: Queryable, context: Context, id: string): Promise<ChannelRow> {
  const { rows } = isId(id)
    ? await db.query<ChannelRow>(
        sql`select ${CHANNEL_COLUMNS} from notification_channel c
         where c.id = ${id}::uuid and c.organization_id = ${context.organizationId} for update`,
      )
    : { rows: [] };
  if (!rows[0]) throw notFound('channel', id);
  return rows[0];
}

/** What the audit log keeps of a channel. */
export const auditedChannel = ({ kind, name, shown, disabledAt }: ChannelRow) => ({
  kind,
  name,
  config: shown,
  enabled: disabledAt === null,
});
